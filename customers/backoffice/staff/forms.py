"""Forms of the staff log-in. They only parse; what is right or wrong, the services say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

NEW_PASSWORD = {"autocomplete": "new-password"}
PRESENT_PASSWORD = {"autocomplete": "current-password"}
ONE_TIME_CODE = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"}
LONGEST_PASSWORD = 256
LONGEST_ANSWER = 16_384


class PasswordField(forms.CharField):
    """Typed unseen and kept as typed; long enough for any passphrase, not for a flood."""

    def __init__(self, *, attrs: dict[str, str], **kwargs: Any) -> None:
        super().__init__(
            widget=forms.PasswordInput(attrs=attrs),
            strip=False,
            max_length=LONGEST_PASSWORD,
            **kwargs,
        )


class LoginForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = PasswordField(label=_("Password"), attrs=PRESENT_PASSWORD)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={**ONE_TIME_CODE, "autofocus": True}),
        help_text=_("The six digits that your app shows, or one of your recovery codes."),
    )


class FactorForm(forms.Form):
    """The first code of a new secret; with the present password where a session is open."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={**ONE_TIME_CODE, "inputmode": "numeric"}),
        help_text=_("The six digits that your app shows now."),
    )
    password = PasswordField(label=_("Your present password"), attrs=PRESENT_PASSWORD)

    def __init__(self, *args: Any, needs_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_password:
            del self.fields["password"]


class AnswerForm(forms.Form):
    """What the browser answered with a passkey."""

    answer = forms.CharField(
        widget=forms.HiddenInput,
        max_length=LONGEST_ANSWER,
        error_messages={"required": _("Use the button, so that your device can answer.")},
    )


class PasskeyForm(AnswerForm):
    name = forms.CharField(
        label=_("Name of the passkey"),
        max_length=60,
        help_text=_("So that you recognise it: the device, or where the key hangs."),
    )


class ConfirmForm(forms.Form):
    password = PasswordField(label=_("Your present password"), attrs=PRESENT_PASSWORD)


class EmailForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    password = PasswordField(
        label=_("New password"),
        attrs={**NEW_PASSWORD, "autofocus": "autofocus"},
        help_text=_("At least 10 characters. A sentence is easier to remember than a word."),
    )


class AcceptForm(NewPasswordForm):
    """What an invited person answers: how colleagues will read them, and a password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
        help_text=_("This is how colleagues read you, in the trail too."),
    )
    field_order = ["name", "password"]


class ChangePasswordForm(forms.Form):
    current = PasswordField(label=_("Present password"), attrs=PRESENT_PASSWORD)
    password = PasswordField(
        label=_("New password"),
        attrs=NEW_PASSWORD,
        help_text=_("At least 10 characters. A sentence is easier to remember than a word."),
    )


class WelcomeForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = PasswordField(
        label=_("Password"),
        attrs=NEW_PASSWORD,
        help_text=_("At least 10 characters. A sentence is easier to remember than a word."),
    )
