"""What data quality keeps of a household, for tests of scope."""

from shouwang.records.models import Account, Household, QualityFinding, QualitySample, SampledHousehold
from tests.world import NOW, TODAY


def doubted(home: Household, staff: Account, words: str) -> dict[str, object]:
    """Make a finding and a sample of a household; return their ids by the names that addresses give them."""
    place = {"division": home.division}
    finding = QualityFinding.objects.create(
        household=home, member=home.members.first(), check_name="q2_01_009", pack="cn-2021", label=words,
        severity="doubt", kind="registry", field="member.has_employee_medical_insurance",
        values={"has_employee_medical_insurance": words, "job_employer": words}, first_seen_on=TODAY,
        last_seen_on=TODAY, due_on=TODAY, explanation=words, **place,
    )  # fmt: skip
    sample = QualitySample.objects.create(
        drawn_on=TODAY, seed=words, population=1, size=1, rule=words, drawn_by=staff, drawn_at=NOW, **place
    )
    drawn = SampledHousehold.objects.create(sample=sample, household=home, place=1, note=words, **place)
    return {"quality_id": finding.pk, "sample_id": sample.pk, "sampled_id": drawn.pk}
