from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Grant, User


class UserRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def by_token(self, token: str) -> User | None:
        return await self.session.scalar(select(User).where(User.token == token))

    async def set_role(self, user_id: int, role: str) -> bool:
        result = await self.session.execute(update(User).where(User.id == user_id).values(role=role))
        await self.session.commit()
        return result.rowcount == 1

    async def has_grant(self, user_id: int, permission: str) -> bool:
        query = select(exists().where(Grant.user_id == user_id, Grant.permission == permission))
        return bool(await self.session.scalar(query))

    async def grant(self, user_id: int, permission: str) -> None:
        row = insert(Grant).values(user_id=user_id, permission=permission).on_conflict_do_nothing()
        await self.session.execute(row)
        await self.session.commit()

    async def revoke(self, user_id: int, permission: str) -> None:
        await self.session.execute(delete(Grant).where(Grant.user_id == user_id, Grant.permission == permission))
        await self.session.commit()
