"""A desk at which documents of at most eight million bytes are taken."""

import httpx
import pytest

from ohms_graphql.settings import Settings, load_settings
from tests.clinic import Clinic
from tests.ohms_graphql.documents.desk import Desk
from tests.signing_key import plant_signing_key


@pytest.fixture
def settings(mongodb_url: str, database_name: str) -> Settings:
    given = {"OHMS_MONGODB_URL": mongodb_url, "OHMS_DATABASE": database_name, "OHMS_MAX_DOCUMENT_MB": "8"}
    settings = load_settings(given)
    plant_signing_key(settings)
    return settings


@pytest.fixture
def desk(http: httpx.AsyncClient, settings: Settings, clinic: Clinic) -> Desk:
    return Desk(http, settings, clinic)
