"""publishEducationResource and retireEducationResource."""

from models.education import EducationResource, EducationStatus
from resolvers.complaints import Complaints
from resolvers.context import RequestContext
from resolvers.education_writing.article import check_publishable
from resolvers.education_writing.writing import read_article, write_article
from resolvers.idempotency import Answer, once
from resolvers.ports import Session
from resolvers.user_errors import Conflict, Rejected


async def publish_article(
    context: RequestContext, article_id: str, expected_revision: int | None, key: str | None
) -> EducationResource:
    """From now on patients read it; what was retired is back.

    Raises Rejected: NotFound; InvalidInput for what it lacks; Conflict where it is published, or at another revision.
    """

    async def work(session: Session) -> Answer:
        article = await EducationResource.get(article_id, session=session) or await read_article(article_id, ["id"])
        if article.status is EducationStatus.PUBLISHED:
            raise Rejected(Conflict(message="It is published already.", code="ALREADY_PUBLISHED", path=["id"]))
        complaints = Complaints()
        check_publishable(complaints, article)
        complaints.check()
        changes = {"published_at": context.access.instant, "retired_at": None}
        await write_article(context, session, article, changes, expected_revision)
        return {"id": article_id}

    await once(context, "publishEducationResource", key, {"id": article_id, "revision": expected_revision}, work)
    return await read_article(article_id, ["id"])


async def retire_article(
    context: RequestContext, article_id: str, expected_revision: int | None, key: str | None
) -> EducationResource:
    """From now on only editors see it. Raises Rejected: NotFound; Conflict where it is not published, or at another revision."""

    async def work(session: Session) -> Answer:
        article = await EducationResource.get(article_id, session=session) or await read_article(article_id, ["id"])
        if article.status is not EducationStatus.PUBLISHED:
            message = f"It is {article.status.value}: only what is published can be retired."
            raise Rejected(Conflict(message=message, code="NOT_PUBLISHED", path=["id"]))
        await write_article(context, session, article, {"retired_at": context.access.instant}, expected_revision)
        return {"id": article_id}

    await once(context, "retireEducationResource", key, {"id": article_id, "revision": expected_revision}, work)
    return await read_article(article_id, ["id"])
