"""How cultures write numbers: the point, the groups, money and percentages."""

from __future__ import annotations

from dataclasses import dataclass

NO_BREAK_SPACE = "\u00a0"
_NOT_A_NUMBER = "?"  # what a point or comma becomes that has no part in a culture's numbers


@dataclass(frozen=True, slots=True)
class Conventions:
    """The signs of a culture; ``n`` stands for the digits in the patterns of money, debt and percentages."""

    point: str = "."
    group: str = ","
    money: str = "$n"
    debt: str = "($n)"
    percent: str = "n%"

    def localized(self, english: str) -> str:
        """Write an English number with the culture's signs; points within a format's literals are not told apart."""
        return english.translate({ord("."): self.point, ord(","): self.group})

    def english(self, text: str) -> str:
        """Write a number of the culture with English signs; a space also stands for one that does not break."""
        roles = {".": _NOT_A_NUMBER, ",": _NOT_A_NUMBER, self.group: ",", self.point: "."}
        if self.group == NO_BREAK_SPACE:
            roles[" "] = ","
        return "".join(roles.get(letter, letter) for letter in text.strip())


ENGLISH = Conventions()


def _european(group: str, money: str, debt: str, percent: str = "n %") -> Conventions:
    return Conventions(",", group, money, debt, percent)


# As Windows 10 has them, as far as known; by culture, then by language. Others count as English.
_CULTURES = {
    "": Conventions(money="¤n", debt="(¤n)", percent="n %"),
    "en-gb": Conventions(money="£n", debt="-£n"),
    "de-ch": Conventions(".", "\u2019", "CHF n", "CHF-n"),
    "de": _european(".", "n €", "-n €"),
    "fr": _european(NO_BREAK_SPACE, "n €", "-n €"),
    "es": _european(".", "n €", "-n €"),
    "it": _european(".", "n €", "-n €", "n%"),
    "nl": _european(".", "€ n", "€ -n", "n%"),
    "pt-br": _european(".", "R$ n", "-R$ n", "n%"),
    "pt": _european(NO_BREAK_SPACE, "n €", "-n €", "n%"),
    "pl": _european(NO_BREAK_SPACE, "n zł", "-n zł", "n%"),
    "cs": _european(NO_BREAK_SPACE, "n Kč", "-n Kč"),
    "sv": _european(NO_BREAK_SPACE, "n kr", "-n kr"),
    "da": _european(".", "n kr.", "-n kr."),
}


def conventions_of(culture_name: str) -> Conventions:
    """Give the signs of a culture by its name."""
    name = culture_name.lower()
    return _CULTURES.get(name) or _CULTURES.get(name.partition("-")[0], ENGLISH)
