"""Every table, in one import: for migrations and for tests that look at the whole schema."""

from sqlmodel import SQLModel

import pusher.model.batch
import pusher.model.binding
import pusher.model.clockwork
import pusher.model.contact_code
import pusher.model.duty
import pusher.model.fact_index
import pusher.model.hotline
import pusher.model.interpretation
import pusher.model.learning
import pusher.model.match
import pusher.model.notice
import pusher.model.policy
import pusher.model.posting
import pusher.model.program
import pusher.model.public
import pusher.model.question
import pusher.model.reminder
import pusher.model.rights
import pusher.model.source
import pusher.model.staff
import pusher.model.terms
import pusher.model.topic
import pusher.model.watching
import pusher.model.word  # noqa: F401  (imported for the tables they define)

METADATA = SQLModel.metadata
