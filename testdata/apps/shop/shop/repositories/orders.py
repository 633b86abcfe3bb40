from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Order


class OrderRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, order_id: int) -> Order | None:
        return await self.session.get(Order, order_id)  # step MB107 read

    async def get_locked(self, order_id: int) -> Order | None:
        query = select(Order).where(Order.id == order_id).with_for_update()
        return (await self.session.execute(query)).scalar_one_or_none()

    async def of_user(self, user_id: int) -> list[Order]:
        rows = await self.session.scalars(select(Order).where(Order.user_id == user_id))
        return list(rows)

    async def add(self, order: Order) -> Order:
        self.session.add(order)
        await self.session.commit()
        return order

    async def set_status(self, order: Order, status: str) -> None:
        order.status = status  # want MB107 "order.*status"
        await self.session.commit()

    async def claim(self, order_id: int, user_id: int, before: str, after: str) -> str | None:
        """Moves the order from one status to the next and returns its charge, or None if it was not in the first."""
        result = await self.session.execute(
            update(Order)
            .where(Order.id == order_id, Order.user_id == user_id, Order.status == before)
            .values(status=after)
            .returning(Order.charge_id)
        )
        charge_id = result.scalar_one_or_none()
        await self.session.commit()
        return charge_id
