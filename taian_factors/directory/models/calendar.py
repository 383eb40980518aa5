"""The working-day calendar: the State Council's yearly notice, entered by the office."""

from django.db import models

from taian_factors.directory.querysets import CalendarYearQuerySet


class CalendarYear(models.Model):
    """A year whose holidays are known; a year without a row counts Monday to Friday, and the office is told."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    source = models.CharField("依据", max_length=80)

    objects = CalendarYearQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作日历年度"

    def __str__(self) -> str:
        return f"{self.year} 年"


class CalendarDay(models.Model):
    """A day that differs from Monday to Friday: a holiday, or a weekend that is worked (调休)."""

    day = models.DateField("日期", primary_key=True)
    year = models.ForeignKey(CalendarYear, models.PROTECT, related_name="days", verbose_name="年度")
    is_working = models.BooleanField("上班")
    name = models.CharField("名称", max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "节假日和调休"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(day__year=models.F("year")), name="a_day_stands_in_its_own_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.is_working else '休息'}"
