"""How the widget looks."""

from typing import Annotated, Any

import msgspec
from pydantic import Field

from medea.kernel.web.wire import Line, Text, Wire, WireIn
from medea.modules.agents.config import Appearance, OnAccent, Position, Theme
from medea.modules.agents.schemas.fields import Colour


class AppearanceIn(WireIn):
    """Changes to the widget's looks: absent members stay, null ones go back to their default."""

    accent: Colour | None = None
    theme: Theme | None = None
    position: Position | None = None
    launcher_label: Annotated[Line, Field(min_length=1, max_length=40)] | None = None
    title: Annotated[Line, Field(min_length=1, max_length=80)] | None = None
    subtitle: Annotated[Line, Field(min_length=1, max_length=160)] | None = None
    radius: Annotated[int, Field(ge=0, le=28, strict=True)] | None = None
    show_branding: Annotated[bool, Field(strict=True)] | None = None
    on_accent: Annotated[Text, Field(max_length=7)] | None = Field(
        default=None, description="ignored: the server computes it"
    )

    def changes(self) -> dict[str, Any]:
        """Return the members that were sent, null ones as their default."""
        defaults = msgspec.structs.asdict(Appearance())
        sent = self.model_dump(exclude_unset=True, exclude={"on_accent"})
        changes = {name: defaults[name] if value is None else value for name, value in sent.items()}
        if "accent" in changes:
            changes["accent"] = changes["accent"].lower()
        return changes


class AppearanceRead(Wire):
    """How the widget looks."""

    accent: str
    theme: Theme
    position: Position
    launcher_label: str
    title: str | None
    subtitle: str | None
    radius: int
    show_branding: bool
    on_accent: OnAccent
