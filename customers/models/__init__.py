from customers.models.accounts import Session, User
from customers.models.activity import Activity
from customers.models.bulk import BulkChange, BulkRun
from customers.models.classification import Category, CategoryAssignment, Tag, Tagging
from customers.models.codes import CodeUse, RegistrationCode
from customers.models.consent import ConsentEvent, ConsentSeal, ConsentState, Suppression
from customers.models.customer import Address, Customer, CustomerEmail, CustomerPhone, ExternalId
from customers.models.data_requests import DataRequest
from customers.models.email_moves import EmailMove
from customers.models.fields import CustomField, CustomValue
from customers.models.history import ProfileChange
from customers.models.imports import ImportBatch, ImportChange, ImportMapping
from customers.models.locks import FieldLock, OrderSync, RecordRules
from customers.models.log_ins import LoginAlert, LoginAttempts, LoginDevice
from customers.models.merging import DuplicatePair, Merge, MergeStep
from customers.models.notes import Note, NoteRevision
from customers.models.policies import PolicyVersion
from customers.models.privacy import Blocklisted, Erasure, LegalHold, RetentionPolicy
from customers.models.programs import ActivityReceipt, OwnActivityKind
from customers.models.requests import PrivacyRequest, PrivacyStep
from customers.models.roles import StaffRole
from customers.models.statistics import Statistics

__all__ = [
    "Activity",
    "ActivityReceipt",
    "Address",
    "Blocklisted",
    "BulkChange",
    "BulkRun",
    "Category",
    "CategoryAssignment",
    "CodeUse",
    "ConsentEvent",
    "ConsentSeal",
    "ConsentState",
    "CustomField",
    "CustomValue",
    "Customer",
    "CustomerEmail",
    "CustomerPhone",
    "DataRequest",
    "DuplicatePair",
    "EmailMove",
    "Erasure",
    "ExternalId",
    "FieldLock",
    "ImportBatch",
    "ImportChange",
    "ImportMapping",
    "LegalHold",
    "LoginAlert",
    "LoginAttempts",
    "LoginDevice",
    "Merge",
    "MergeStep",
    "Note",
    "NoteRevision",
    "OrderSync",
    "OwnActivityKind",
    "PolicyVersion",
    "PrivacyRequest",
    "PrivacyStep",
    "ProfileChange",
    "RecordRules",
    "RegistrationCode",
    "RetentionPolicy",
    "Session",
    "StaffRole",
    "Statistics",
    "Suppression",
    "Tag",
    "Tagging",
    "User",
]
