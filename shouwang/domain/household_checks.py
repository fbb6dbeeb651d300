"""What every household is owed beside its plan: a contact person, work for one, insurance for all."""

from collections.abc import Iterator

from shouwang.domain.assistance import HouseholdFacts
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import Remark, clause, whole_figure


def check_household(policy: Policy, facts: HouseholdFacts) -> Iterator[Remark]:
    """Yield what the household lacks, and what cannot be told about it."""
    source = clause(policy, rules=("no_contact_person",))
    if facts.has_contact_person is None:
        text = "是否已落实监测联系人未知，请核对。"
        yield Remark("contact_unknown", "cannot_tell", text, source)
    elif not facts.has_contact_person:
        text = "没有监测联系人，请先落实；风险不消除，帮扶责任不脱钩。"
        yield Remark("no_contact_person", "must_fix", text, source)
    source = clause(policy, rules=("mismatch_uninsured", "uninsured"))
    if facts.uninsured_persons is None:
        yield Remark("insurance_unknown", "cannot_tell", "成员是否都参加基本医保未知，请核对。", source)
    elif facts.uninsured_persons > 0:
        text = f"有{facts.uninsured_persons}人未参加基本医保，请督促参保并按规定资助。"
        yield Remark("insurance_missing", "must_fix", text, source)
    if facts.has_labour is not False and facts.labour_persons != 0:
        yield from _check_employment(policy, facts)


def _check_employment(policy: Policy, facts: HouseholdFacts) -> Iterator[Remark]:
    """Check that one of the labourers works and, where the policy asks for it, that enough are trained."""
    source = _employment_clause(policy)
    if facts.working_persons is None:
        yield Remark("work_unknown", "cannot_tell", "家中有几人就业未知，请核对。", source)
    elif facts.working_persons == 0 and facts.has_labour is None and facts.labour_persons is None:
        text = "家中无人就业，有无劳动力未知，无法判断是否应安排就业。"
        yield Remark("work_unknown", "cannot_tell", text, source)
    elif facts.working_persons == 0:
        yield Remark("no_worker", "consider", "有劳动力而无人就业，请落实至少一人就业。", source)
    least = whole_figure(policy, "trained_labour_min")
    if least is None:
        return
    source = clause(policy, parameters=("trained_labour_min",))
    if facts.trained_persons is None:
        yield Remark("training_unknown", "cannot_tell", "劳动力参加技能培训的人数未知，请核对。", source)
    elif facts.trained_persons < least and (facts.has_labour or facts.labour_persons):
        text = f"参加技能培训的劳动力有{facts.trained_persons}人，应至少{least}人。"
        yield Remark("training_missing", "consider", text, source)


def _employment_clause(policy: Policy) -> str:
    """Return the clause of the measure that secures work, else the document of the policy."""
    found = policy.measures.get("employment_support")
    return found[0].source if found is not None else clause(policy)
