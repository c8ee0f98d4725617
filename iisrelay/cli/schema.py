"""``iisrelay schema``: the JSON Schema of the site file."""

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schema")(schema)


def schema() -> None:
    """Print the JSON Schema (draft-07) of the site file.

    Editors with yaml-language-server complete and check a site file that begins with
    `# yaml-language-server: $schema=FILE`: save this output as that FILE.
    """
    import json

    from iisrelay.site.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
