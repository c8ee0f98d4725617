"""System.Globalization.CultureInfo: texts and dates of all cultures count as English, numbers follow the culture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.culture import lower, upper
from iisrelay.lab.powershell.dotnet.date_formats import ENGLISH, INVARIANT
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.number_conventions import ENGLISH as ENGLISH_NUMBERS
from iisrelay.lab.powershell.number_conventions import Conventions, conventions_of
from iisrelay.lab.powershell.values import PSCustomObject

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

_NAMES = {"": (127, "Invariant Language (Invariant Country)"), "en-us": (1033, "English (United States)")}


class CultureInfo:
    """A culture by its name ("" is the invariant one)."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def is_invariant(self) -> bool:
        """Tell whether this is the invariant culture."""
        return not self.name

    def __str__(self) -> str:
        return self.name


INVARIANT_CULTURE, ENGLISH_CULTURE = CultureInfo(""), CultureInfo("en-US")


def date_table(culture: object) -> dict[str, str]:
    """Give the standard date patterns of a culture (none given: English)."""
    return INVARIANT if isinstance(culture, CultureInfo) and culture.is_invariant else ENGLISH


def number_conventions(culture: object) -> Conventions:
    """Give the signs of a culture's numbers (none given: English)."""
    return conventions_of(culture.name) if isinstance(culture, CultureInfo) else ENGLISH_NUMBERS


culture_info = declare(
    "System.Globalization.CultureInfo",
    python=CultureInfo,
    bases=("System.Object", "System.IFormatProvider"),
    accelerators=("cultureinfo",),
)
culture_info.properties("Name")
culture_info.getter("LCID")(lambda value: _NAMES.get(value.name.lower(), (4096, ""))[0])
culture_info.getter("DisplayName", "EnglishName", "NativeName")(
    lambda value: _NAMES.get(value.name.lower(), (4096, value.name))[1]
)
culture_info.getter("TwoLetterISOLanguageName")(lambda value: value.name[:2] or "iv")
culture_info.getter("TextInfo")(lambda value: TextInfo(value.name))
culture_info.getter("DateTimeFormat")(
    lambda value: PSCustomObject(
        (("ShortDatePattern", date_table(value)["d"]), ("LongDatePattern", date_table(value)["D"]),
         ("ShortTimePattern", date_table(value)["t"]), ("LongTimePattern", date_table(value)["T"]))
    )
)  # fmt: skip
culture_info.static_getter("InvariantCulture")(lambda: INVARIANT_CULTURE)
for _name in ("CurrentCulture", "CurrentUICulture", "InstalledUICulture"):
    culture_info.static_getter(_name)(lambda: ENGLISH_CULTURE)
    culture_info.static_setter(_name)(lambda _item: None)


@culture_info.getter("NumberFormat")
def number_format(value: CultureInfo) -> PSCustomObject:
    """Give the signs of the culture's numbers."""
    signs = number_conventions(value)
    return PSCustomObject(
        (("NumberDecimalSeparator", signs.point), ("NumberGroupSeparator", signs.group),
         ("CurrencyDecimalSeparator", signs.point), ("CurrencyGroupSeparator", signs.group),
         ("CurrencySymbol", signs.money.replace("n", "").strip()), ("NegativeSign", "-"))
    )  # fmt: skip


@culture_info.constructor
def new_culture(name: str) -> CultureInfo:
    """Make a culture by its name."""
    return get_culture(name)


@culture_info.static("GetCultureInfo", "CreateSpecificCulture")
def get_culture(name: str) -> CultureInfo:
    """Find a culture by its name."""
    if name and not name.replace("-", "").isalnum():
        message = f"Culture is not supported.\r\nParameter name: name\r\n{name} is an invalid culture identifier."
        raise NetError("System.Globalization.CultureNotFoundException", message)
    return CultureInfo(name)


@culture_info.converter
def convert(_: Engine | None, value: object) -> object:
    """1033 is the English culture; text is a name."""
    return ENGLISH_CULTURE if value == 1033 else NotImplemented


class TextInfo:
    """System.Globalization.TextInfo."""

    def __init__(self, culture_name: str) -> None:
        self.culture_name = culture_name


text_info = declare("System.Globalization.TextInfo", python=TextInfo)
text_info.properties("CultureName")
text_info.getter("ListSeparator")(lambda _value: ",")
text_info.method("ToUpper")(lambda _value, text: upper(text))
text_info.method("ToLower")(lambda _value, text: lower(text))


@text_info.method("ToTitleCase")
def to_title_case(_value: TextInfo, text: str) -> str:
    """Write every word with a capital; words all in capitals stay."""
    return " ".join(word if word.isupper() else word[:1].upper() + word[1:].lower() for word in text.split(" "))
