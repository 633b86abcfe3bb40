from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Order


async def load_order(session: AsyncSession, order_id: int) -> Order | None:
    return await session.get(Order, order_id)
