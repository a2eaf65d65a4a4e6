"""By which names columns go in the files of the world, in Spanish and English, folded."""

WORDS = {
    "full_name": (
        "name | nombre completo | full name | nombre y apellido | nombre y apellidos | cliente "
        "| customer | customer name | contacto | contact name | razon social"
    ),
    "first_name": (
        "first name | firstname | fname | nombre | nombres | given name | primer nombre | "
        "nombre de pila"
    ),
    "last_name": (
        "last name | lastname | lname | apellido | apellidos | apellido paterno | primer "
        "apellido | surname | family name"
    ),
    "second_last_name": (
        "second last name | apellido materno | segundo apellido | mother's last name | maternal "
        "surname"
    ),
    "email": (
        "email | e-mail | email address | e-mail address | correo | correo electronico | mail | "
        "direccion de correo | direccion de correo electronico | correo-e | subscriber"
    ),
    "phone": (
        "phone | phone number | telefono | tel | celular | movil | mobile | mobile phone | cell "
        "| cellphone | whatsapp | fono | telefono movil | numero de telefono | telefono de "
        "contacto"
    ),
    "id_type": (
        "type of id | id type | document type | tipo de documento | tipo documento | tipo de id "
        "| tipo de identificacion | tipo doc"
    ),
    "id_number": (
        "id number | document | document number | documento | numero de documento | nro "
        "documento | n documento | rut | dni | dni / cuit | dni/cuit | cuit | cuil | nif | "
        "dni/nie | nie | cedula | ci | run | rfc | curp | cpf | identificacion | tax id | nit | "
        "numero de identificacion"
    ),
    "gender": "gender | sex | genero | sexo",
    "birthday": (
        "birthday | birth date | birthdate | date of birth | dob | cumpleanos | fecha de "
        "nacimiento | fecha nacimiento | nacimiento | f. nacimiento"
    ),
    "city": "city | ciudad | comuna | localidad | town | municipio",
    "country": "country | pais | country code | codigo de pais",
    "language": "language | idioma | lengua | locale | lang",
    "time_zone": "time zone | timezone | zona horaria | huso horario",
    "status": "status | estado | estado del cliente | account status | situacion",
    "lifecycle": "stage | lifecycle | etapa | lead or customer",
    "registered_at": (
        "registration date | registered at | registered | fecha de registro | fecha registro | "
        "fecha de alta | fecha alta | created at | created | date added | creado | fecha de "
        "creacion | signup date | subscribe date | customer since"
    ),
    "registration_code": (
        "registration code | codigo de registro | invitation code | codigo de invitacion"
    ),
    "sharing_code": "sharing code | codigo para compartir | referral code",
    "public_id": (
        "clientela id | clientela code | codigo de clientela | codigo clientela | public id "
        "| public_id"
    ),
    "address.line1": (
        "address | address 1 | address1 | address line 1 | direccion | direccion 1 | calle | "
        "domicilio | street | street address"
    ),
    "address.line2": (
        "address 2 | address2 | address line 2 | direccion 2 | departamento | depto | piso | "
        "complemento | apartment"
    ),
    "address.district": "district | barrio | colonia | neighborhood | distrito",
    "address.city": "address city | ciudad de la direccion",
    "address.region": (
        "region | state | province | provincia | estado/provincia | departamento/region | "
        "province code"
    ),
    "address.postal_code": "zip | zip code | postal code | postcode | codigo postal | cp | c.p.",
    "address.country": "address country | pais de la direccion",
    "tags": "tags | tag | etiquetas | etiqueta | labels | lists | listas",
    "categories": (
        "category | categories | categoria | categorias | group | grupo | customer group | tipo "
        "de cliente"
    ),
    "note": (
        "note | notes | nota | notas | observacion | observaciones | comments | comentarios | "
        "comentario"
    ),
    "attributes": "attributes | attribs | atributos",
    "consent.email": (
        "accepts email marketing | accepts marketing | email marketing | marketing | newsletter "
        "| acepta marketing | acepta correos | acepta publicidad | suscrito | subscribed | opt "
        "in | optin | opt-in | consentimiento | acepta recibir correos | email consent"
    ),
    "consent.sms": "accepts sms marketing | sms marketing | acepta sms | sms consent",
    "consent.at": (
        "optin_time | optin time | opt-in date | consent date | fecha de consentimiento | fecha "
        "de suscripcion | subscribed at"
    ),
    "consent.ip": "optin_ip | optin ip | consent ip | ip de consentimiento",
    "consent.confirmed_at": "confirm_time | confirm time | confirmed at | fecha de confirmacion",
    "consent.confirmed_ip": "confirm_ip | confirm ip",
    "consent.withdrawn_at": "unsub_time | unsubscribed at | unsubscribe date | fecha de baja",
    "consent.evidence": "consent evidence | consent source | evidencia | origen del consentimiento",
    "later.points": "points | puntos | saldo de puntos | points balance | loyalty points",
    "later.level": "level | nivel | tier | loyalty level",
    "later.orders": (
        "orders | total orders | orders count | cantidad de compras | compras | pedidos | "
        "ordenes | numero de pedidos"
    ),
    "later.spent": (
        "total spent | total consumido | total gastado | spent | gasto total | lifetime value | ltv"
    ),
    "later.last_order": (
        "last order | last order date | ultima compra | ultimo pedido | fecha ultima compra"
    ),
    "later.company": "company | empresa | compania | company name",
    "later.tax_exempt": "tax exempt | exento | exento de impuestos",
    "later.rating": "member_rating | member rating",
    "later.balance": "balance | saldo | credito | store credit | gift card balance",
    "later.aliases": "other e-mail addresses | otros correos",
}
