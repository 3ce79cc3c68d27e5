"""What each role may do at every address of the editors' desk, and what it may not."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.urls import URLPattern, reverse

from articles.models import Article, Picture, Tool, YogaPose
from backpain_site.drafting import PageAdmin
from backpain_site.models import Draft, OldAddress, Report, Revision
from backpain_site.revisions import content_type_of
from points.models import (
    Alias,
    BodyArea,
    CautionGroup,
    GlossaryTerm,
    Indication,
    Meridian,
    Point,
    PointCaution,
    RedFlag,
    SearchCount,
    Source,
    SuggestedRoutine,
    Symptom,
    SymptomPhrase,
    WordGroup,
)
from tests.factories import (
    make_article,
    make_point,
    make_pose,
    make_routine,
    make_symptom,
    make_term,
    make_tool,
    make_upload,
)
from tests.forms import form_data

pytestmark = pytest.mark.django_db

PAGES = {Article, GlossaryTerm, Point, SuggestedRoutine, Symptom, Tool, YogaPose}
VOCABULARY = {BodyArea, CautionGroup, Meridian, RedFlag, Source, WordGroup}
OURS = PAGES | VOCABULARY | {Picture}
# Rows of pages: listed, never changed where they are listed.
ROWS = {SymptomPhrase, Indication, Alias, PointCaution}
EXCHANGED = ROWS | {Point, Symptom}
MAY = {
    "Writer": {
        "view": OURS | ROWS | {SearchCount, Report},
        "add": PAGES | {Picture},
        "change": PAGES,
        "links": {OldAddress},
    },
    "Editor": {
        "view": OURS | ROWS | {SearchCount, OldAddress, Report},
        "add": OURS | {OldAddress},
        "change": OURS | {Report},
        "delete": OURS | {OldAddress, Report},
        "publish": PAGES,
        "phrase": {SearchCount},
        "import": EXCHANGED,
        "links": {OldAddress},
    },
    "Clinical reviewer": {
        "view": OURS | ROWS | {SearchCount, Report},
        "change": PAGES | {CautionGroup, RedFlag, Report},
        "publish": {Point, Symptom},
        "links": {OldAddress},
    },
    "staff": {},
}
# Kind of address: what somebody must be allowed, and what the page then says.
OF_ALL = {
    "changelist": ("view", 'id="content-main"'),
    "add": ("add", 'type="submit"'),
    "change": ("view", 'id="content-main"'),
    "delete": ("delete", "Are you sure"),
    "history": ("view", "History of|Change history"),
}
OF_PAGES = {
    "draft": ("change", "Preview of"),
    "draft_page": ("change", "<main"),
    "draft_link": ("change", None),
    "deleted": ("add", "Deleted "),
    "restore": ("change", None),
    "compare": ("view", "What changed in"),
    "withdraw": ("publish", "Send readers to"),
}
OF_EXCHANGED = {
    "import": ("import", "This importer will import"),
    "process_import": ("import", None),
    "export": ("view", "This exporter will export"),
}
OF_ONE = {
    "points_point_similar": (Point, "add", None),
    "points_try_query": (SearchCount, "view", "Show how it is understood"),
    "points_add_phrase": (SearchCount, "phrase", None),
    "articles_picture_thumbnail": (Picture, "view", None),
    "points_figure": (Point, "staff", "<svg"),
    "points_card_crop": (Point, "staff", "{"),
    "backpain_site_oldaddress_broken": (OldAddress, "links", "lead nowhere"),
}
POSTED = {"process_import", "draft_link", "similar", "restore", "points_add_phrase"}


@pytest.fixture
def things():
    """One thing of every model of the desk, whatever its administrators see."""
    call_command("make_roles")
    made = {
        Article: make_article(),
        Point: make_point("BL12"),
        SuggestedRoutine: make_routine(points=Point.objects.filter(code__in=["BL57", "GB34"])),
        Symptom: make_symptom(),
        Tool: make_tool(),
        YogaPose: make_pose(),
        GlossaryTerm: make_term(),
        WordGroup: WordGroup.objects.create(name="wiggly", words="wobbly"),
        BodyArea: BodyArea.objects.create(name="Elbow", slug="elbow"),
        CautionGroup: CautionGroup.objects.create(
            name="I juggle", short_name="Jugglers", slug="jugglers", advice="No."
        ),
        Meridian: Meridian.objects.create(code="ZZ", name="Nowhere"),
        Source: Source.objects.create(key="nobody1999", citation="Nobody", kind="review"),
        RedFlag: RedFlag.objects.create(slug="odd", statement="it is odd", action="today"),
        Picture: Picture.objects.create(
            image=make_upload(), alt_text="A back", credit="Us", kind="photo"
        ),
        SearchCount: SearchCount.objects.create(
            day="2026-05-04", query="zzz", results=0, answered=False
        ),
        OldAddress: OldAddress.objects.create(path="/gone/", target="/points/bl12/"),
        Report: Report.objects.create(kind="other", message="Odd", fingerprint="0"),
        SymptomPhrase: SymptomPhrase.objects.first(),
        Indication: Indication.objects.first(),
        Alias: Alias.objects.first(),
        PointCaution: PointCaution.objects.first(),
        User: User.objects.create_user("somebody"),
        Group: Group.objects.create(name="Others"),
    }
    return made


@pytest.fixture
def sign_in(client):
    def as_role(role: str) -> User:
        user = User.objects.create_user(f"a {role}".replace(" ", "-"), is_staff=True)
        if role != "staff":
            user.groups.set([Group.objects.get(name=role)])
        client.force_login(user)
        return user

    return as_role


def names_of_addresses(patterns) -> set[str]:
    names = set()
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            names.add(pattern.name)
        else:
            names |= names_of_addresses(pattern.url_patterns)
    return names - {None}


def addresses(things):
    """Yield (name, model, permission, mark, address) for every address of the desk."""
    for model, thing in things.items():
        start = f"{model._meta.app_label}_{model._meta.model_name}"
        kinds = OF_ALL | (OF_PAGES if model in PAGES else {})
        kinds |= OF_EXCHANGED if model in EXCHANGED else {}
        if model in PAGES:
            kind = content_type_of(model)
            known = {"content_type": kind, "object_id": thing.pk, "title": "It"}
            empty = {"fields": {}, "rows": {}}
            revision = Revision.objects.create(**known, kind="published", snapshot=empty)
            draft = Draft.objects.create(**known, snapshot=empty)
        for name, (permission, mark) in kinds.items():
            arguments = [thing.pk]
            if name in {"changelist", "add", "deleted", *OF_EXCHANGED}:
                arguments = []
            elif name == "restore":
                arguments = [revision.pk]
            elif name.startswith("draft"):
                arguments = [draft.pk]
            address = reverse(f"admin:{start}_{name}", args=arguments)
            yield f"{start}_{name}", model, permission, mark, address
    for name, (model, permission, mark) in OF_ONE.items():
        of_thing = name in {"points_point_similar", "articles_picture_thumbnail"}
        arguments = [things[model].pk] if of_thing else []
        if permission == "staff":
            arguments = ["back"]
        yield name, model, permission, mark, reverse(f"admin:{name}", args=arguments)


def test_no_address_of_the_desk_is_left_out_here(things):
    """Whoever adds an address says here who may open it."""
    ours = {"points", "articles", "backpain_site", "auth"}
    here = {name for name, *_rest in addresses(things)}
    there = {
        name
        for name in names_of_addresses(admin.site.get_urls())
        if name.split("_")[0] in ours or name.startswith("backpain_site")
    }
    # Django's own form for passwords needs the right to change a user.
    assert there - {"auth_user_password_change"} == here


@pytest.mark.parametrize("role", MAY)
def test_every_address_answers_those_who_may_and_refuses_the_others(client, things, sign_in, role):
    sign_in(role)
    wrong = {}
    for name, model, permission, mark, address in addresses(things):
        posted = any(name.endswith(kind) for kind in POSTED)
        answer = client.post(address) if posted else client.get(address)
        page = answer.content.decode()
        may = model in MAY[role].get(permission, ())
        if permission == "view":
            may = may or model in MAY[role].get("change", ())
        may = may or permission == "staff"
        if not may:
            right = answer.status_code == 403 and "This is not open to you" in page
        elif mark is None:
            right = answer.status_code in {200, 302} and "login" not in answer.headers.get(
                "Location", ""
            )
        else:
            right = any(one in page for one in mark.split("|"))
        if name.endswith("_change") and may:
            editable = 'name="_save"' in page or 'name="_draft"' in page
            right = right and editable == (model in MAY[role].get("change", ()))
        if not right:
            wrong[name] = (answer.status_code, may)
    assert wrong == {}


def test_strangers_are_sent_to_the_login(client, things):
    for name, _model, _permission, _mark, address in addresses(things):
        for answer in (client.get(address), client.post(address)):
            assert answer.headers["Location"].startswith("/admin/login/"), name
    assert OldAddress.objects.filter(path="/gone/").exists()


@pytest.mark.parametrize("role", MAY)
@pytest.mark.parametrize("model", sorted(PAGES, key=str), ids=lambda model: model.__name__)
def test_only_publishers_move_the_public_page(client, things, sign_in, role, model):
    page = things[model]
    if model is Point:
        page.markers.create(role="closeup", figure="back", x=10, y=10)
        page.figure_alt = "Left of the spine."
        page.save()
        page.cautions.create(group=things[CautionGroup], level="fine")
    sign_in(role)
    address = reverse(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[page.pk]
    )
    data = form_data(client.get(address).content.decode())
    summary = "short" if model is GlossaryTerm else "summary"
    data |= {summary: "Words of a stranger.", "_publish": "1"}
    answer = client.post(address, data)
    public = client.get(page.get_absolute_url()).content.decode()
    may = model in MAY[role].get("publish", ())
    assert ("Words of a stranger." in public) == may
    assert (answer.status_code == 403) == (not may)
    assert Revision.of(page).filter(kind="published").exists() == may

    client.post(address.replace("change", "withdraw"), {"reason": "No."})
    assert (type(page).objects.get(pk=page.pk).status == "withdrawn") == may
    client.post(address.replace("change", "delete"), {"post": "yes"})
    gone = not model.objects.filter(pk=page.pk).exists()
    assert gone == (model in MAY[role].get("delete", ()))


def test_a_writer_saves_and_hands_in_a_draft(client, things, sign_in):
    sign_in("Writer")
    tool = things[Tool]
    address = reverse("admin:articles_tool_change", args=[tool.pk])
    page = client.get(address).content.decode()
    assert 'name="_publish"' not in page
    assert "Withdraw" not in page
    client.post(address, form_data(page) | {"summary": "Better words.", "_hand_in": "1"})
    draft = Draft.objects.get(object_id=tool.pk, content_type=content_type_of(Tool))
    assert draft.for_review
    assert draft.snapshot["fields"]["summary"] == ["Better words."]
    assert "Better words." not in client.get(tool.get_absolute_url()).content.decode()


@pytest.mark.parametrize("role", ["Writer", "Clinical reviewer"])
def test_phrases_that_are_live_at_once_are_for_editors(client, things, sign_in, role):
    sign_in(role)
    symptom = things[Symptom]
    client.post(reverse("admin:points_add_phrase"), {"text": "zzz", "symptom": symptom.pk})
    assert not symptom.phrases.exists()
    report = client.get(reverse("admin:points_searchcount_changelist")).content.decode()
    assert "Make it a phrase of" not in report


@pytest.mark.parametrize("role", MAY)
def test_previews_and_uploads_are_for_people_who_may_change_something(
    client, things, sign_in, role
):
    sign_in(role)
    before = Picture.objects.count()
    shown = client.post("/admin/markdown/preview/", {"content": "**hi**"}).content.decode()
    words = {"alt_text": "A knee", "credit": "Us", "kind": "photo"}
    client.post("/admin/markdown/upload/", {"image": make_upload()} | words)
    assert ("<strong>hi</strong>" in shown) == bool(MAY[role])
    assert (Picture.objects.count() > before) == (Picture in MAY[role].get("add", ()))


class TestMakeRoles:
    def test_again_changes_nothing_and_leaves_other_groups_alone(self, things):
        others = Group.objects.get(name="Others")
        others.permissions.set(Permission.objects.filter(codename="publish_point"))
        before = {group.name: set(group.permissions.all()) for group in Group.objects.all()}
        call_command("make_roles")
        assert before == {group.name: set(group.permissions.all()) for group in Group.objects.all()}

    def test_mends_a_role_that_somebody_changed(self, things):
        writer = Group.objects.get(name="Writer")
        writer.permissions.set(Permission.objects.filter(codename="publish_point"))
        call_command("make_roles")
        assert not writer.permissions.filter(codename="publish_point").exists()
        assert writer.permissions.filter(codename="change_point").exists()

    def test_no_role_touches_users(self, things):
        labels = {p.content_type.app_label for p in Permission.objects.filter(group__isnull=False)}
        assert labels == {"points", "articles", "backpain_site"}

    def test_every_page_model_can_be_published_by_somebody(self, things):
        editor = Group.objects.get(name="Editor").permissions
        for model in apps.get_models():
            if isinstance(admin.site._registry.get(model), PageAdmin):
                assert editor.filter(codename=f"publish_{model._meta.model_name}").exists()


class TestOldAddresses:
    ADD = "/admin/backpain_site/oldaddress/add/"

    @pytest.mark.parametrize(
        ("path", "target", "sentence"),
        [
            ("/old/", "/old/", "There is no page at this address|leads to itself"),
            ("/points/bl12/", "/points/", "readers would not leave it"),
            ("/points/bl12", "/points/", "readers would not leave it"),
            ("/search/", "/points/", "readers would not leave it"),
            ("/old/", "/gone/", "This is an old address too: lead to /points/bl12/"),
            ("/old/", "https://example.org/", "begins with one /"),
            ("/old/", "//example.org/", "begins with one /"),
            ("https://example.org/", "/points/", "begins with one /"),
            ("/old/?q=1", "/points/", "Leave out ? and #"),
            ("/old/", "/no/such/", "There is no page at this address"),
            ("/gone/", "/points/", "already exists"),
        ],
    )
    def test_refuse_loops_chains_foreign_and_living(
        self, client, things, sign_in, path, target, sentence
    ):
        sign_in("Editor")
        page = client.post(self.ADD, {"path": path, "target": target}).content.decode()
        assert any(one in page for one in sentence.split("|"))
        assert OldAddress.objects.count() == 1

    def test_refuse_the_front_end_of_a_chain(self, client, things, sign_in):
        sign_in("Editor")
        Point.objects.filter(code="BL12").update(status="draft")
        data = {"path": "/points/bl12/", "target": "/points/"}
        page = client.post(self.ADD, data).content.decode()
        assert "/gone/ leads here" in page
        assert OldAddress.objects.count() == 1

    def test_lead_readers_on_and_may_be_deleted_not_changed(self, client, things, sign_in):
        sign_in("Editor")
        client.post(self.ADD, {"path": "/b%C3%BCcher/", "target": "/points/bl12/"})
        old = OldAddress.objects.get(path="/bücher/")
        assert client.get("/b%C3%BCcher/").headers["Location"] == "/points/bl12/"
        form = client.get(f"/admin/backpain_site/oldaddress/{old.pk}/change/").content.decode()
        assert 'name="_save"' not in form
        client.post(f"/admin/backpain_site/oldaddress/{old.pk}/delete/", {"post": "yes"})
        assert not OldAddress.objects.filter(pk=old.pk).exists()
