"""Scripts: the only place where PowerShell text is made."""

from iisrelay.script.render import Script, Terms, apply_script, observe_script
from iisrelay.script.standalone import render_standalone

__all__ = ["Script", "Terms", "apply_script", "observe_script", "render_standalone"]
