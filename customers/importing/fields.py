"""What a column can become: fields of the record, and those that later parts will take."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.models import CustomField

CUSTOM = "custom."
EXTERNAL = "external."
LATER = "later."
IGNORED = ""
OVERWRITE, FILL, SKIP = "overwrite", "fill", "skip"
POLICIES = {
    OVERWRITE: _("Replaces what the record says"),
    FILL: _("Only where the record says nothing"),
    SKIP: _("Only for new customers"),
}


@dataclass(frozen=True, kw_only=True)
class Field:
    """``words`` are folded names by which columns of this kind go in the world.

    ``is_key``: rows are recognised by it. ``policy``: for those who exist already, at first.
    """

    key: str
    group: str
    label: str | Promise
    words: str = ""
    is_key: bool = False
    policy: str = OVERWRITE

    @property
    def names(self) -> list[str]:
        return [name.strip() for name in self.words.split("|") if name.strip()]


def _record(key: str, label: Promise, words: str, *, policy: str = OVERWRITE) -> Field:
    return Field(key=key, group="record", label=label, words=words, policy=policy)


def _later(key: str, label: Promise, words: str) -> Field:
    return Field(key=LATER + key, group="later", label=label, words=words)


def _address(key: str, label: Promise, words: str) -> Field:
    return Field(key=f"address.{key}", group="address", label=label, words=words)


def _consent(key: str, label: Promise, words: str) -> Field:
    return Field(key=f"consent.{key}", group="consent", label=label, words=words)


GROUPS = {
    "record": _("Record"),
    "address": _("Address"),
    "classification": _("Tags, category, notes"),
    "external": _("Codes of other systems"),
    "custom": _("Custom fields"),
    "consent": _("Consent"),
    "later": _("Not imported yet"),
}
FIXED: tuple[Field, ...] = (
    _record(
        "full_name",
        _("Full name"),
        "name | nombre completo | full name | nombre y apellido | nombre y apellidos | cliente | customer | customer name | contacto | contact name | razon social",
    ),
    _record(
        "first_name",
        _("First name"),
        "first name | firstname | fname | nombre | nombres | given name | primer nombre | nombre de pila",
    ),
    _record(
        "last_name",
        _("Last name"),
        "last name | lastname | lname | apellido | apellidos | apellido paterno | primer apellido | surname | family name",
    ),
    _record(
        "second_last_name",
        _("Second last name"),
        "second last name | apellido materno | segundo apellido | mother's last name | maternal surname",
    ),
    Field(
        key="email",
        group="record",
        label=_("E-mail"),
        is_key=True,
        words="email | e-mail | email address | e-mail address | correo | correo electronico | mail | direccion de correo | direccion de correo electronico | correo-e | subscriber",
    ),
    _record(
        "phone",
        _("Phone"),
        "phone | phone number | telefono | tel | celular | movil | mobile | mobile phone | cell | cellphone | whatsapp | fono | telefono movil | numero de telefono | telefono de contacto",
    ),
    _record(
        "id_type",
        _("Type of ID"),
        "type of id | id type | document type | tipo de documento | tipo documento | tipo de id | tipo de identificacion | tipo doc",
    ),
    _record(
        "id_number",
        _("ID number"),
        "id number | document | document number | documento | numero de documento | nro documento | n documento | rut | dni | dni / cuit | dni/cuit | cuit | cuil | nif | dni/nie | nie | cedula | ci | run | rfc | curp | cpf | identificacion | tax id | nit | numero de identificacion",
    ),
    _record("gender", _("Gender"), "gender | sex | genero | sexo"),
    _record(
        "birthday",
        _("Birthday"),
        "birthday | birth date | birthdate | date of birth | dob | cumpleanos | fecha de nacimiento | fecha nacimiento | nacimiento | f. nacimiento",
    ),
    _record("city", _("City"), "city | ciudad | comuna | localidad | town | municipio"),
    _record("country", _("Country"), "country | pais | country code | codigo de pais"),
    _record("language", _("Language"), "language | idioma | lengua | locale | lang"),
    _record("time_zone", _("Time zone"), "time zone | timezone | zona horaria | huso horario"),
    _record(
        "status",
        _("Status"),
        "status | estado | estado del cliente | account status | situacion",
        policy=SKIP,
    ),
    _record(
        "lifecycle",
        _("Lead or customer"),
        "stage | lifecycle | etapa | lead or customer",
        policy=SKIP,
    ),
    _record(
        "registered_at",
        _("Registration date"),
        "registration date | registered at | registered | fecha de registro | fecha registro | fecha de alta | fecha alta | created at | created | date added | creado | fecha de creacion | signup date | subscribe date | customer since",
        policy=SKIP,
    ),
    Field(
        key="public_id",
        group="record",
        label=_("Clientela code"),
        is_key=True,
        words="clientela id | clientela code | codigo clientela | public id | public_id",
    ),
    _address(
        "line1",
        _("Street and number"),
        "address | address 1 | address1 | address line 1 | direccion | direccion 1 | calle | domicilio | street | street address",
    ),
    _address(
        "line2",
        _("Apartment, office"),
        "address 2 | address2 | address line 2 | direccion 2 | departamento | depto | piso | complemento | apartment",
    ),
    _address("district", _("District"), "district | barrio | colonia | neighborhood | distrito"),
    _address("city", _("City of the address"), "address city | ciudad de la direccion"),
    _address(
        "region",
        _("Region"),
        "region | state | province | provincia | estado/provincia | departamento/region | province code",
    ),
    _address(
        "postal_code",
        _("Postal code"),
        "zip | zip code | postal code | postcode | codigo postal | cp | c.p.",
    ),
    _address("country", _("Country of the address"), "address country | pais de la direccion"),
    Field(
        key="tags",
        group="classification",
        label=_("Tags"),
        words="tags | tag | etiquetas | etiqueta | labels | lists | listas",
    ),
    Field(
        key="categories",
        group="classification",
        label=_("Category"),
        words="category | categories | categoria | categorias | group | grupo | customer group | tipo de cliente",
    ),
    Field(
        key="note",
        group="classification",
        label=_("Note"),
        words="note | notes | nota | notas | observacion | observaciones | comments | comentarios | comentario",
    ),
    Field(
        key="attributes",
        group="custom",
        label=_("Several fields as JSON"),
        words="attributes | attribs | atributos",
    ),
    _consent(
        "email",
        _("Agreed to e-mails"),
        "accepts email marketing | accepts marketing | email marketing | marketing | newsletter | acepta marketing | acepta correos | acepta publicidad | suscrito | subscribed | opt in | optin | opt-in | consentimiento | acepta recibir correos | email consent",
    ),
    _consent(
        "sms",
        _("Agreed to SMS"),
        "accepts sms marketing | sms marketing | acepta sms | sms consent",
    ),
    _consent(
        "at",
        _("Agreed on"),
        "optin_time | optin time | opt-in date | consent date | fecha de consentimiento | fecha de suscripcion | subscribed at",
    ),
    _consent(
        "ip", _("Agreed from (IP)"), "optin_ip | optin ip | consent ip | ip de consentimiento"
    ),
    _consent(
        "confirmed_at",
        _("Confirmed on"),
        "confirm_time | confirm time | confirmed at | fecha de confirmacion",
    ),
    _consent("confirmed_ip", _("Confirmed from (IP)"), "confirm_ip | confirm ip"),
    _consent(
        "withdrawn_at",
        _("Unsubscribed on"),
        "unsub_time | unsubscribed at | unsubscribe date | fecha de baja",
    ),
    _consent(
        "evidence",
        _("How they agreed"),
        "consent evidence | consent source | evidencia | origen del consentimiento",
    ),
    _later(
        "points", _("Points"), "points | puntos | saldo de puntos | points balance | loyalty points"
    ),
    _later("level", _("Level"), "level | nivel | tier | loyalty level"),
    _later(
        "orders",
        _("Number of orders"),
        "orders | total orders | orders count | cantidad de compras | compras | pedidos | ordenes | numero de pedidos",
    ),
    _later(
        "spent",
        _("Total spent"),
        "total spent | total consumido | total gastado | spent | gasto total | lifetime value | ltv",
    ),
    _later(
        "last_order",
        _("Last order"),
        "last order | last order date | ultima compra | ultimo pedido | fecha ultima compra",
    ),
    _later("company", _("Company"), "company | empresa | compania | company name"),
    _later("tax_exempt", _("Tax exempt"), "tax exempt | exento | exento de impuestos"),
    _later("rating", _("Rating in Mailchimp"), "member_rating | member rating"),
    _later("balance", _("Balance"), "balance | saldo | credito | store credit | gift card balance"),
)
BY_KEY = {field.key: field for field in FIXED}
ID_TYPE_OF_HEADER = {
    "rut": "cl_rut",
    "run": "cl_rut",
    "dni": "ar_dni",
    "cuit": "ar_cuit",
    "cuil": "ar_cuit",
    "nif": "es_nif",
    "nie": "es_nie",
    "dni/nie": "es_nie",
    "rfc": "mx_rfc",
    "curp": "mx_curp",
    "cpf": "br_cpf",
    "nit": "co_nit",
}
SYSTEMS = {
    "shopify": "Shopify",
    "mailchimp": "Mailchimp",
    "listmonk": "listmonk",
    "tiendanube": "Tiendanube",
    "pos": "POS",
    "erp": "ERP",
    "other": "",
}


def custom_fields_of() -> dict[str, CustomField]:
    """Custom fields in use by their key, in their order."""
    return {one.key: one for one in CustomField.objects.filter(disabled_at=None)}


def all_fields(custom: dict[str, CustomField], systems: list[str]) -> list[Field]:
    """Every destination that can be chosen, in order."""
    external = [
        Field(
            key=EXTERNAL + system,
            group="external",
            label=_("Code in %(system)s") % {"system": SYSTEMS.get(system) or system},
            is_key=True,
        )
        for system in systems
    ]
    own = [
        Field(
            key=CUSTOM + key,
            group="custom",
            label=label_of(one),
            words=f"{one.label} | {one.label_en} | {key}",
        )
        for key, one in custom.items()
    ]
    return [*FIXED, *external, *own]


def label_of(field: CustomField) -> str:
    if (get_language() or "es").startswith("en") and field.label_en:
        return field.label_en
    return field.label


def label_of_key(key: str, custom: dict[str, CustomField]) -> str:
    """How a destination is called."""
    if key.startswith(CUSTOM):
        one = custom.get(key.removeprefix(CUSTOM))
        return label_of(one) if one else key
    if key.startswith(EXTERNAL):
        system = key.removeprefix(EXTERNAL)
        return str(_("Code in %(system)s") % {"system": SYSTEMS.get(system) or system})
    return str(BY_KEY[key].label) if key in BY_KEY else ""
