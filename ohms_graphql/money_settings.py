"""What can be set about money: the card processor, the clearing house, the clinic's currency."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from models.npi import npi_is_valid
from ohms_graphql.web_origin import is_origin


class MoneySettings(BaseModel):
    """The part of Settings that is about money, and the environment, which some of it depends on."""

    environment: Literal["development", "production"] = Field(
        "development", description="`production` refuses the development key, hides error details and shows no sample sign-ins."
    )
    stripe_secret_key: SecretStr | None = Field(None, description="Stripe's secret key. Absent: no card payment.")
    stripe_publishable_key: str | None = Field(None, description="The key that browsers pay with; set with the secret one.")
    stripe_webhook_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Signing secrets of the webhook endpoint, separated by commas. Absent: /webhooks/stripe is off."
    )
    stripe_url: str | None = Field(None, description="Another server than Stripe's own, such as a stand-in in tests.")
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$", description="ISO 4217 code of the clinic's currency.")
    eligibility_url: str | None = Field(
        None, description="Address of a clearing house for eligibility questions (X12 270 in JSON). Absent: no payer is asked."
    )
    eligibility_key: SecretStr | None = Field(None, description="Bearer token for the clearing house.")
    clinic_npi: str | None = Field(None, description="The clinic's own NPI, under which it asks; the three go together.")

    @field_validator("stripe_webhook_secrets", mode="before")
    @classmethod
    def _split_secrets(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("stripe_publishable_key")
    @classmethod
    def _has_both_keys(cls, value: str | None, info: ValidationInfo) -> str | None:
        if (value is None) != (info.data.get("stripe_secret_key") is None):
            raise ValueError("OHMS_STRIPE_SECRET_KEY and OHMS_STRIPE_PUBLISHABLE_KEY must be set together")
        return value

    @field_validator("stripe_url")
    @classmethod
    def _is_a_processor(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        if info.data.get("environment") == "production":
            raise ValueError("is for tests: in production card payments go to Stripe itself")
        if not is_origin(value.rstrip("/")):
            raise ValueError("must be an origin like http://127.0.0.1:8420")
        return value.rstrip("/")

    @field_validator("eligibility_url")
    @classmethod
    def _is_a_clearing_house(cls, value: str | None, info: ValidationInfo) -> str | None:
        allowed = {"https"} if info.data.get("environment") == "production" else {"http", "https"}
        if value is not None and not is_origin(value, with_path=True, schemes=allowed):
            raise ValueError("must be an address like https://house.example/eligibility; http:// only in development")
        return value

    @field_validator("clinic_npi")
    @classmethod
    def _is_an_npi_set_with_the_others(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not npi_is_valid(value):
            raise ValueError("must be ten digits of which the last is the check digit")
        given = [value, info.data.get("eligibility_url"), info.data.get("eligibility_key")]
        # A wrong address is named already, and is not in the data.
        if "eligibility_url" in info.data and any(given) and not all(given):
            raise ValueError("OHMS_ELIGIBILITY_URL, OHMS_ELIGIBILITY_KEY and OHMS_CLINIC_NPI must be set together")
        return value
