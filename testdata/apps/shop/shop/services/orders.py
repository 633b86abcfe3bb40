from datetime import UTC, datetime

from fastapi import HTTPException
from sqlalchemy import select

from .. import payments
from ..db import DB
from ..models import Order, Product, User
from ..repositories.orders import OrderRepository


class OrderService:
    def __init__(self, session: DB) -> None:
        self.session = session
        self.orders = OrderRepository(session)

    async def place(self, user: User, product_id: int, charge_id: str) -> Order:
        cents = await self.session.scalar(select(Product.price_cents).where(Product.id == product_id))
        if cents is None:
            raise HTTPException(404, "no such product")
        return await self.orders.add(
            Order(user_id=user.id, product_id=product_id, cents=cents, charge_id=charge_id, status="pending")
        )

    async def cancel(self, user: User, order_id: int) -> Order:
        """Two calls at once refund twice; a call beside ship() cancels what is on its way."""
        order = await self.orders.get(order_id)
        if order is None or order.user_id != user.id:
            raise HTTPException(404, "no such order")
        if order.status != "pending":  # step MB107 check
            raise HTTPException(409, f"order is {order.status}")
        await payments.refund(order.charge_id)
        await self.orders.set_status(order, "cancelled")
        return order

    async def cancel_claimed(self, user: User, order_id: int) -> None:
        """The status moves first, in one statement that tests it; only the winner refunds."""
        charge_id = await self.orders.claim(order_id, user.id, "pending", "cancelled")
        if charge_id is None:
            raise HTTPException(409, "order is not pending")
        await payments.refund(charge_id)

    async def ship(self, order_id: int) -> None:
        """A transaction is not a lock: both requests read the row before either writes it."""
        async with self.session.begin_nested():
            order = await self.session.scalar(select(Order).where(Order.id == order_id))  # step MB107 read
            if order is None:
                raise HTTPException(404, "no such order")
            if order.status != "pending":  # step MB107 check
                raise HTTPException(409, f"order is {order.status}")
            order.status = "shipped"  # want MB107 "order.*status"
            order.shipped_at = datetime.now(UTC)
        await self.session.commit()

    async def ship_locked(self, order_id: int) -> None:
        """The first load takes the row lock, and the commit ends it."""
        order = await self.orders.get_locked(order_id)
        if order is None:
            raise HTTPException(404, "no such order")
        if order.status != "pending":
            raise HTTPException(409, f"order is {order.status}")
        order.status = "shipped"
        order.shipped_at = datetime.now(UTC)
        await self.session.commit()
