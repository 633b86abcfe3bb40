"""The second version: every check is part of the act that it permits."""
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, UploadFile

from ..db import DB
from ..models import User
from ..schemas import PriceIn
from ..security import CurrentUser, require_grant, require_role
from ..services import catalogue
from ..services.avatars import AvatarTaken, NotAnImage, store
from ..services.orders import OrderService

router = APIRouter(prefix="/v2", tags=["v2"])

Orders = Annotated[OrderService, Depends()]
Staff = Annotated[User, Depends(require_role("support", "manager", "admin"))]


@router.post("/orders/{order_id}/cancel", status_code=204)
async def cancel(order_id: int, user: CurrentUser, orders: Orders) -> None:
    await orders.cancel_claimed(user, order_id)


@router.post("/orders/{order_id}/ship", status_code=204)
async def ship(order_id: int, user: Staff, orders: Orders) -> None:
    await orders.ship_locked(order_id)


@router.post("/me/avatar", status_code=201)
async def upload_avatar(file: UploadFile, user: CurrentUser) -> dict[str, str]:
    data = await file.read()
    try:
        await store.upload_exclusive(user.id, data)
    except AvatarTaken:
        raise HTTPException(409, "delete the old avatar first") from None
    except NotAnImage:
        raise HTTPException(415, "only PNG") from None
    return {"avatar": f"/avatars/{user.id}"}


@router.put(
    "/products/{product_id}/price",
    status_code=204,
    dependencies=[Depends(require_grant("price:write"))],
)
async def set_price(product_id: int, price: PriceIn, session: DB) -> None:
    await catalogue.set_price(session, product_id, price.cents)


@router.post("/products/{product_id}/publish", status_code=204)
async def publish(product_id: int, session: DB, user: CurrentUser) -> None:
    await catalogue.publish_as(session, user.id, product_id)
