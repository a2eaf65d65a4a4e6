"""Roles of the staff: each is a Django group, and what is known of it besides."""

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class StaffRole(models.Model):
    """``key`` never changes. Built-in roles are named by the code, a shop's own by ``name``.

    ``offered``: the permissions that existed when the role was brought in step last; of those that
    come later, an edited built-in role gets what its default gives.
    """

    key = models.SlugField(max_length=60, unique=True)
    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="role")
    name = models.CharField(max_length=60, blank=True)
    is_builtin = models.BooleanField(default=False)
    is_edited = models.BooleanField(default=False)
    offered = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                condition=~Q(name=""),
                name="customers_staffrole_names_are_different",
            ),
            models.CheckConstraint(
                condition=Q(is_builtin=True, name="") | (Q(is_builtin=False) & ~Q(name="")),
                name="customers_staffrole_has_a_name_of_its_own_or_is_builtin",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.key
