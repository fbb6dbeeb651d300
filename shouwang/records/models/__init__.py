"""Every table; one module a noun."""

from shouwang.records.models.accounts import Account, RoleGrant
from shouwang.records.models.attachments import Attachment, AttachmentContent
from shouwang.records.models.audit import AuditEvent
from shouwang.records.models.cases import Case, CaseEvent, CasePaper
from shouwang.records.models.clues import Clue, ClueCheck, ClueOrigin
from shouwang.records.models.divisions import Division
from shouwang.records.models.households import Household, HouseholdVersion
from shouwang.records.models.ledgers import LEDGERS
from shouwang.records.models.loads import Load, LoadChange, Source
from shouwang.records.models.meetings import Meeting, MeetingItem
from shouwang.records.models.members import Member, MemberVersion
from shouwang.records.models.plans import Plan, PlanMeasure, Task
from shouwang.records.models.runs import Finding, ScreeningRun
from shouwang.records.models.visits import Contact, Visit
from shouwang.records.models.work import Draft, Notification, SavedList

__all__ = [
    "LEDGERS",
    "Account",
    "Attachment",
    "AttachmentContent",
    "AuditEvent",
    "Case",
    "CaseEvent",
    "CasePaper",
    "Clue",
    "ClueCheck",
    "ClueOrigin",
    "Contact",
    "Division",
    "Draft",
    "Finding",
    "Household",
    "HouseholdVersion",
    "Load",
    "LoadChange",
    "Meeting",
    "MeetingItem",
    "Member",
    "MemberVersion",
    "Notification",
    "Plan",
    "PlanMeasure",
    "RoleGrant",
    "SavedList",
    "ScreeningRun",
    "Source",
    "Task",
    "Visit",
]
