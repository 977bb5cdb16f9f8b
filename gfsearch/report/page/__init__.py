"""The page of a study: one file that opens anywhere and asks for no other."""

from gfsearch.report.page.pictures import Picture, in_hand, of_study, of_task
from gfsearch.report.page.render import render

__all__ = ["Picture", "in_hand", "of_study", "of_task", "render"]
