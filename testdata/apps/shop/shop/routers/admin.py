from fastapi import APIRouter, Depends, HTTPException

from ..db import DB
from ..repositories.users import UserRepository
from ..schemas import GrantIn, RoleIn
from ..security import require_role

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(require_role("admin"))])


@router.put("/users/{user_id}/role", status_code=204)
async def set_role(user_id: int, body: RoleIn, session: DB) -> None:
    if not await UserRepository(session).set_role(user_id, body.role):
        raise HTTPException(404, "no such user")


@router.post("/users/{user_id}/grants", status_code=204)
async def grant(user_id: int, body: GrantIn, session: DB) -> None:
    await UserRepository(session).grant(user_id, body.permission)


@router.delete("/users/{user_id}/grants/{permission}", status_code=204)
async def revoke(user_id: int, permission: str, session: DB) -> None:
    await UserRepository(session).revoke(user_id, permission)
