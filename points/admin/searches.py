"""What readers search for, how the search understands it, and one click to mend it."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from backpain_site.attention import READERS, Count
from backpain_site.desk import ContentAdmin

from ..models import SearchCount, Symptom, SymptomPhrase
from ..search.engine import answer
from ..search.explain import explain, guesses, symptoms_of
from ..search.index import holder
from ..search.report import DAYS_KEPT, still_unanswered, summary
from ..search.text import LONGEST_QUERY, words

PERIODS = [7, 30, DAYS_KEPT]
# Queries asked less often than these many others are not looked at.
MOST_ROWS = 500
ROWS_A_PAGE = 50


class PeriodForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("Searches of the last"),
        choices=[(days, _("%(days)d days") % {"days": days}) for days in PERIODS],
        coerce=int,
        empty_value=PERIODS[0],
        required=False,
    )
    all = forms.BooleanField(label=_("Also those that find something"), required=False)


class PhraseForm(forms.ModelForm):
    """A query that becomes what readers type when they have a symptom."""

    class Meta:
        model = SymptomPhrase
        fields = ["text", "symptom"]
        labels = {"text": _("Phrase")}
        error_messages = {
            "__all__": {"unique_together": _("This symptom has the phrase already.")},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["symptom"].queryset = Symptom.objects.order_by("name")

    def clean_text(self):
        text = self.cleaned_data["text"].strip()
        if not words(text):
            raise ValidationError(_("Write at least one word."))
        return text


@admin.register(SearchCount)
class SearchCountAdmin(ContentAdmin):
    """The report in place of the list; counts are kept by the search and never typed."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def desk_counts(self, request) -> list[Count]:
        if not self.has_view_permission(request):
            return []
        number = len(still_unanswered(holder.get(), PERIODS[0]))
        noun = _("query") if number == 1 else _("queries")
        url = f"{reverse('admin:points_searchcount_changelist')}?days={PERIODS[0]}"
        label = _("Searches of the last 7 days that find nothing")
        return [Count(READERS, label, number, noun, url)]

    def get_urls(self):
        own = [
            path("try/", self.admin_site.admin_view(self.try_query), name="points_try_query"),
            path("phrase/", self.admin_site.admin_view(self.add_phrase), name="points_add_phrase"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request, extra_context=None):
        """Show what readers searched, by default what finds nothing now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PeriodForm(request.GET)
        form.is_valid()
        days = form.cleaned_data.get("days") or PERIODS[0]
        index = holder.get()
        rows = [{**row, "now": answer(index, row["query"])} for row in summary(days)]
        if not form.cleaned_data.get("all"):
            rows = [row for row in rows if not row["now"].says_something]
        page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("p"))
        near = {row["query"]: guesses(index, row["now"]) for row in page}
        symptoms = symptoms_of({slug for slugs in near.values() for slug in slugs})
        for row in page:
            row["guesses"] = [symptoms[slug] for slug in near[row["query"]] if slug in symptoms]
        context = {
            "title": _("What readers search for"),
            "form": form,
            "days": days,
            "page": page,
            "may_add": self.may_add_phrases(request),
        }
        return self.laid_out(request, "points/search_report.html", **context)

    def try_query(self, request):
        """Show step by step how the search understands `q`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        query = request.GET.get("q", "").replace("\0", "")[:LONGEST_QUERY]
        context = {"title": _("Try a query"), "query": query}
        if query.strip():
            context["steps"] = explain(query)
            context["form"] = PhraseForm(initial={"text": query.strip()[:100]})
            context["may_add"] = self.may_add_phrases(request)
        return self.laid_out(request, "points/try_query.html", **context)

    def add_phrase(self, request):
        """Add the posted `text` to the phrases of `symptom`, then show how it is understood."""
        if request.method != "POST" or not self.may_add_phrases(request):
            raise PermissionDenied
        form = PhraseForm(request.POST)
        if not form.is_valid():
            context = {
                "title": _("Try a query"),
                "query": request.POST.get("text", "").replace("\0", "")[:LONGEST_QUERY],
                "form": form,
                "may_add": True,
            }
            return self.laid_out(request, "points/try_query.html", **context)
        phrase = form.save()
        self.admin_site.get_model_admin(Symptom).log_change(
            request, phrase.symptom, f"Added the search phrase “{phrase.text}”."
        )
        messages.success(
            request,
            _("“%(text)s” is now a phrase of %(symptom)s.")
            % {"text": phrase.text, "symptom": phrase.symptom},
        )
        page = reverse("admin:points_try_query")
        return redirect(f"{page}?{urlencode({'q': phrase.text})}")

    def may_add_phrases(self, request) -> bool:
        # Such a phrase is live at once, without a draft.
        return request.user.has_perm("points.add_symptomphrase")
