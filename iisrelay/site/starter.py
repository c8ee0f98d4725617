"""The site file that `iisrelay init` writes: small, commented, and it loads as it is."""

from importlib.resources import files


def starter_text() -> str:
    """Give the commented site file to start from."""
    return files(__package__).joinpath("starter.yaml").read_text(encoding="utf-8")
