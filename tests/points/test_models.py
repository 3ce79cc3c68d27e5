"""Rules of points, names, uses and cautions hold in the database, whoever writes to it."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from backpain_site.models import ContentVersion
from points.models import (
    Alias,
    BodyArea,
    CautionGroup,
    Indication,
    Meridian,
    Point,
    PointCaution,
    RedFlag,
    Source,
    Symptom,
)
from points.models.points import without_tones
from tests.factories import make_point, make_symptom

pytestmark = pytest.mark.django_db


@contextmanager
def refused():
    """Expect the database itself to refuse: `update()` passes every form and clean() by."""
    with pytest.raises(IntegrityError), transaction.atomic():
        yield


class TestTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "values",
        [
            {"hold_seconds_min": 90, "hold_seconds_max": 60},
            {"hold_seconds_min": 1},
            {"hold_seconds_max": 900},
            {"hold_seconds_max": None},
            {"pressure": "brutal"},
            {"slug": "bl13"},
            {"status": "published", "publish_at": None},
            {"reviewed_by": "Dr Test"},
            {"reviewed_on": "2026-05-04"},
            {"reference_only": True},
        ],
        ids=str,
    )
    def test_a_point_that_makes_no_sense(self, values):
        point = make_point()
        with refused():
            Point.objects.filter(pk=point.pk).update(**values)

    def test_two_points_of_one_code(self):
        with refused():
            make_point("BL40", place_name="Elsewhere")

    def test_a_disputed_name_without_a_note(self):
        alias = make_point(aliases=["Gate of wind"]).aliases.get()
        with refused():
            Alias.objects.filter(pk=alias.pk).update(disputed=True)

    def test_the_same_name_twice_on_a_point(self):
        with refused():
            make_point(aliases=["Gate", "Gate"])

    def test_a_complaint_twice_on_a_point(self):
        symptom = make_symptom()
        with refused():
            make_point(symptoms=[symptom, symptom])

    @pytest.mark.parametrize("level", ["avoid", "ask_first", "care"])
    def test_a_caution_without_a_reason(self, level):
        caution = make_point().cautions.first()
        with refused():
            PointCaution.objects.filter(pk=caution.pk).update(level=level, reason="")

    def test_a_group_decided_twice(self):
        point = make_point()
        with refused():
            PointCaution.objects.create(point=point, group=point.cautions.first().group)

    def test_an_emergency_that_shows_points(self):
        with refused():
            RedFlag.objects.filter(action="now").update(shows_points=True)

    def test_a_marker_off_the_figure(self):
        marker = Point.objects.get(code="BL40").markers.first()
        with refused():
            type(marker).objects.filter(pk=marker.pk).update(x=101)

    def test_two_points_at_one_place_of_the_guide(self):
        with refused():
            Point.objects.filter(code="BL36").update(guide_order=1)


class TestDeletion:
    """What something uses stays; what belongs to a thing goes with it."""

    @pytest.mark.parametrize(
        "used",
        [
            lambda: Meridian.objects.get(code="BL"),
            lambda: BodyArea.objects.get(slug="knee"),
            lambda: CautionGroup.objects.get(slug="pregnancy"),
            lambda: Symptom.objects.get(slug="sciatica"),
            lambda: Source.objects.get(key="who2008"),
        ],
    )
    def test_of_what_is_used_is_refused(self, used):
        thing = used()
        with pytest.raises(models.ProtectedError):
            thing.delete()
        with pytest.raises(models.ProtectedError):
            type(thing).objects.filter(pk=thing.pk).delete()
        assert type(thing).objects.filter(pk=thing.pk).exists()

    def test_of_a_point_takes_its_own_rows_along(self):
        point = make_point(aliases=["Gate"], symptoms=[make_symptom()])
        code = point.pk
        point.delete()
        assert not Alias.objects.filter(point_id=code).exists()
        assert not Indication.objects.filter(point_id=code).exists()

    def test_of_an_unused_source_is_allowed(self):
        source = Source.objects.create(key="unused", citation="Nobody, 1999", kind="review")
        source.delete()
        assert not Source.objects.filter(key="unused").exists()


def test_no_manager_empties_a_table_at_one_word():
    assert not hasattr(Point.objects, "delete")
    assert not hasattr(Source.objects, "delete")


class TestPublishing:
    def test_published_means_status_and_time(self):
        now = timezone.now()
        hour = timezone.timedelta(hours=1)
        shown = make_point("BL11", publish_at=now - hour)
        later = make_point("BL12", publish_at=now + hour)
        draft = make_point("BL13", status="draft", publish_at=now - hour)
        published = set(Point.objects.published())
        assert shown in published
        assert not published & {later, draft}
        assert [p.is_published for p in (shown, later, draft)] == [True, False, False]

    def test_a_time_is_filled_in(self):
        before = timezone.now()
        assert before <= make_point().publish_at <= timezone.now()

    def test_a_draft_needs_only_what_names_it(self):
        point = Point(
            code="BL13",
            place_name="Beside the spine",
            meridian=Meridian.objects.get(code="BL"),
            body_area=BodyArea.objects.get(slug="upper-back"),
        )
        point.full_clean()

    def test_publishing_says_at_each_field_what_is_missing(self):
        point = make_point()
        empty = ["summary", "where", "find_it", "wrong_place_if", "technique", "pressure"]
        for name in empty:
            setattr(point, name, "")
        point.hold_seconds_min = point.hold_seconds_max = point.times_a_day = None
        with pytest.raises(ValidationError) as error:
            point.full_clean()
        assert set(error.value.message_dict) == {*empty, "hold_seconds_min", "times_a_day"}

    def test_the_code_and_the_meridian_agree(self):
        point = make_point()
        point.meridian = Meridian.objects.get(code="GB")
        with pytest.raises(ValidationError) as error:
            point.full_clean()
        assert set(error.value.message_dict) == {"meridian"}

    def test_a_reference_page_needs_no_steps(self):
        Point.objects.get(code="BL48").full_clean()

    def test_a_symptom_of_a_stricter_tier_needs_advice(self):
        symptom = make_symptom(tier="see_doctor_first")
        with pytest.raises(ValidationError) as error:
            symptom.full_clean()
        assert set(error.value.message_dict) == {"advice"}


@pytest.mark.parametrize("code", ["BL1", "BL67", "EX-B2", "EX-UE7", "GV28"])
def test_who_codes_are_taken(code):
    Point._meta.get_field("code").clean(code, None)


@pytest.mark.parametrize("code", ["bl40", "UB40", "BL 40", "BL0", "BL100", "40", "EX2", "BL40\n"])
def test_other_spellings_belong_to_the_aliases(code):
    with pytest.raises(ValidationError, match="WHO code in capitals"):
        Point._meta.get_field("code").clean(code, None)


def test_pinyin_without_tones_is_filled_in():
    assert without_tones("Wěizhōng") == "Weizhong"
    assert without_tones("Lǜ") == "Lu"
    assert make_point(pinyin="Fēngmén", pinyin_plain="").pinyin_plain == "Fengmen"


def test_strictest_cautions_come_first_and_fine_is_silent():
    levels = {"cancer": "care", "pregnancy": "avoid", "osteoporosis": "fine"}
    point = make_point(cautions=levels | {"blood-thinners": "not_checked"})
    shown = [caution.level for caution in point.cautions_to_show(CautionGroup.objects.all())]
    assert shown == ["avoid", "care", *["not_checked"] * 5]


@pytest.mark.parametrize(
    "change",
    [
        lambda: make_point(),
        lambda: Point.objects.get(code="BL40").save(),
        lambda: Point.objects.filter(code="BL40").update(summary="New."),
        lambda: Symptom.objects.get(slug="sciatica").phrases.create(text="new words"),
        lambda: Symptom.objects.get(slug="sciatica").phrases.all().delete(),
        lambda: Alias.objects.filter(point__code="BL40").first().delete(),
        lambda: Alias.objects.bulk_create([Alias(point=Point.objects.first(), text="Bulk")]),
    ],
)
def test_every_change_of_content_moves_the_version(change):
    before = ContentVersion.current()
    change()
    assert ContentVersion.current() > before
