"""How forms look: one template for every field, and Tabler's classes on every control.

Needs "django.forms" among the installed apps, for the templates of Django's own widgets.
"""

from typing import Any

from django.forms import BoundField, Widget
from django.forms.renderers import TemplatesSetting

CONTROL_CLASSES = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select"}


class PortalBoundField(BoundField):
    """A field that knows how templates/_field.html shows it."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """Tabler's class for the kind of control. No placeholder: it would vanish while the person types."""
        shown = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, shown)
        if shown.is_hidden:
            return attrs
        kind = input_type(shown)
        classes = [shown.attrs.get("class"), attrs.get("class"), CONTROL_CLASSES.get(kind, "form-control")]
        if self.errors:
            classes.append("is-invalid")
        attrs["class"] = " ".join(dict.fromkeys(str(name) for name in classes if name))
        if "placeholder" in shown.attrs and kind != "search":
            attrs["placeholder"] = False
        return attrs

    @property
    def is_group(self) -> bool:
        """Several boxes or circles under one question."""
        return self.use_fieldset and input_type(self.field.widget) in ("checkbox", "radio")

    @property
    def is_tick(self) -> bool:
        """One box with its sentence beside it."""
        return not self.use_fieldset and input_type(self.field.widget) == "checkbox"

    @property
    def is_optional(self) -> bool:
        """Marked, unless the label says it or the field is needed only sometimes (`sometimes_needed`)."""
        field = self.field
        if field.required or self.is_tick or getattr(field, "sometimes_needed", False):
            return False
        return "(optional)" not in str(self.label)

    @property
    def focus_id(self) -> str:
        """Where a link to this field leads: the control, or the first of a group."""
        if self.is_group and self.subwidgets:
            return self.subwidgets[0].id_for_label or ""
        return self.id_for_label


class PortalRenderer(TemplatesSetting):
    form_template_name = "_form.html"
    field_template_name = "_field.html"
    bound_field_class = PortalBoundField


def input_type(widget: Widget) -> str:
    return getattr(widget, "input_type", "")
