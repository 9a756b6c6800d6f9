"""Numbers that Samsung may change without a release, each with its reason and its history."""

from django.conf import settings
from django.db import models


class Setting(models.Model):
    """One value of one setting, from a time on. The newest row counts; older ones are its history."""

    name = models.CharField(max_length=60)
    value = models.IntegerField()
    reason = models.TextField()
    since = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index("name", models.F("since").desc(), models.F("id").desc(), name="setting_newest")]

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"
