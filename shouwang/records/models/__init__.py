"""Every table; one module a noun."""

from shouwang.records.models.accounts import Account, RoleGrant
from shouwang.records.models.api import ApiAnswer, ApiToken
from shouwang.records.models.attachments import Attachment, AttachmentContent
from shouwang.records.models.audit import AuditEvent
from shouwang.records.models.cases import Case, CaseEvent, CasePaper
from shouwang.records.models.clues import Clue, ClueCheck, ClueOrigin
from shouwang.records.models.credit_support import Loan, LoanChange, LoanWish
from shouwang.records.models.deliveries import ColumnMapping, Delivery, DeliveryRow, DeliverySheet
from shouwang.records.models.divisions import Division
from shouwang.records.models.donations import DonationOffer, Gift
from shouwang.records.models.exports import ExportRequest
from shouwang.records.models.households import Household, HouseholdVersion
from shouwang.records.models.insurance import Claim, Cover, InsuredPerson
from shouwang.records.models.ledgers import LEDGERS
from shouwang.records.models.loads import Load, LoadChange, Source
from shouwang.records.models.matches import MatchReview, NotSamePerson
from shouwang.records.models.meetings import Meeting, MeetingItem
from shouwang.records.models.members import Member, MemberVersion
from shouwang.records.models.plans import Plan, PlanMeasure, Task
from shouwang.records.models.quality import QualityFinding, QualityRun
from shouwang.records.models.quality_samples import QualitySample, SampledHousehold
from shouwang.records.models.runs import Finding, ScreeningRun
from shouwang.records.models.visits import Contact, LookBack, Visit
from shouwang.records.models.work import Draft, Notification, SavedList

__all__ = [
    "LEDGERS",
    "Account",
    "ApiAnswer",
    "ApiToken",
    "Attachment",
    "AttachmentContent",
    "AuditEvent",
    "Case",
    "CaseEvent",
    "CasePaper",
    "Claim",
    "Clue",
    "ClueCheck",
    "ClueOrigin",
    "ColumnMapping",
    "Contact",
    "Cover",
    "Delivery",
    "DeliveryRow",
    "DeliverySheet",
    "Division",
    "DonationOffer",
    "Draft",
    "ExportRequest",
    "Finding",
    "Gift",
    "Household",
    "HouseholdVersion",
    "InsuredPerson",
    "Load",
    "LoadChange",
    "Loan",
    "LoanChange",
    "LoanWish",
    "LookBack",
    "MatchReview",
    "Meeting",
    "MeetingItem",
    "Member",
    "MemberVersion",
    "NotSamePerson",
    "Notification",
    "Plan",
    "PlanMeasure",
    "QualityFinding",
    "QualityRun",
    "QualitySample",
    "RoleGrant",
    "SampledHousehold",
    "SavedList",
    "ScreeningRun",
    "Source",
    "Task",
    "Visit",
]
