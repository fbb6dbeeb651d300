"""A form that stands in another page under its own title."""

from typing import Any, ClassVar

from django import forms


class TitledForm(forms.Form):
    """A form with a title, for `components/form.html` with `sections=form.sections`."""

    title: ClassVar[str] = ""

    @property
    def sections(self) -> list[dict[str, Any]]:
        """All fields under the title."""
        return [{"title": self.title, "fields": self.visible_fields()}]
