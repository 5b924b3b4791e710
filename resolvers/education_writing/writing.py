"""createEducationResource and updateEducationResource."""

from typing import Any

from pydantic_core import to_jsonable_python
from pymongo.errors import DuplicateKeyError

from models.education import EducationResource, EducationStatus
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.education_writing.article import ArticleWish, check_article, check_publishable, with_consequences
from resolvers.encoding import stored_changes
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import Conflict, InvalidInput, NotFound, Rejected


async def create_article(context: RequestContext, wish: ArticleWish, key: str | None) -> EducationResource:
    """A draft. Raises Rejected: InvalidInput for each field; Conflict where the key has an article in that language."""
    given = wish.given()
    article = EducationResource(**with_consequences({"language": "en", "body": "", **given}))
    _check(context, article, given)

    async def work(session: Session) -> Answer:
        await article.insert(session=session)
        context.trail.changed("EducationResource", article.id, None, sorted(given))
        return {"id": article.id}

    answer = await _once(context, "createEducationResource", key, {"article": to_jsonable_python(given)}, work)
    return await read_article(answer["id"], ["id"])


async def update_article(
    context: RequestContext, article_id: str, wish: ArticleWish, expected_revision: int | None, key: str | None
) -> EducationResource:
    """Only what is given is written. What is published has to stay fit for it.

    Raises Rejected: NotFound, InvalidInput for each field, Conflict when it is not at ``expected_revision`` any more, or the key
    has another article in that language.
    """
    given = wish.given()
    if not given:
        raise Rejected(InvalidInput(message="Give at least one field to change.", path=[]))

    async def work(session: Session) -> Answer:
        before = await EducationResource.get(article_id, session=session)
        if before is None:
            raise Rejected(_not_found(["id"]))
        made = with_consequences({**{name: getattr(before, name) for name in ("language", "body", "reading_level")}, **given})
        after = before.model_copy(update=made)
        _check(context, after, given)
        if before.status is EducationStatus.PUBLISHED:
            complaints = Complaints()
            check_publishable(complaints, after)
            complaints.check()
        await write_article(context, session, before, made, expected_revision)
        return {"id": article_id}

    noted = {"id": article_id, "revision": expected_revision, "article": to_jsonable_python(given)}
    await _once(context, "updateEducationResource", key, noted, work)
    return await read_article(article_id, ["id"])


async def write_article(
    context: RequestContext, session: Session, before: EducationResource, changes: dict[str, Any], expected_revision: int | None
) -> None:
    """Raises Rejected: Conflict when somebody else was faster (the condition on the revision decides)."""
    revision = before.revision if expected_revision is None else expected_revision
    stored = stored_changes(EducationResource, changes)
    updated = await EducationResource.get_pymongo_collection().update_one(
        {"_id": before.id, "revision": revision},
        {"$set": {**stored, "revision": revision + 1, "updated_at": context.access.instant}},
        session=session,
    )
    if updated.matched_count == 0:
        message = f"The article is no longer at revision {revision}: read it again."
        raise Rejected(Conflict(message=message, path=["expectedRevision"], current_version=None))
    context.trail.changed("EducationResource", before.id, None, sorted(changes))


async def read_article(article_id: str, path: list[str]) -> EducationResource:
    """Raises Rejected: NotFound."""
    article = await EducationResource.get(article_id)
    if article is None:
        raise Rejected(_not_found(path))
    return article


async def _once(context: RequestContext, mutation: str, key: str | None, noted: dict[str, Any], work: Any) -> Answer:
    try:
        return await once(context, mutation, key, noted, work)
    except DuplicateKeyError:
        message = "There is an article with this key in this language: update that one."
        raise Rejected(Conflict(message=message, path=["key"])) from None


def _check(context: RequestContext, article: EducationResource, given: dict[str, Any]) -> None:
    complaints = Complaints()
    check_article(complaints, article, context.access.instant, given=given)
    complaints.check()


def _not_found(path: list[str]) -> NotFound:
    return NotFound(message="No such education resource.", path=path)
