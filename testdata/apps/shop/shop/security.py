"""Who calls, and what they may do."""
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from .db import DB, SyncSession
from .models import Grant, User
from .repositories.users import UserRepository

bearer = HTTPBearer()


async def current_user(
    session: DB, credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]
) -> User:
    user = await UserRepository(session).by_token(credentials.credentials)
    if user is None or not user.is_active:
        raise HTTPException(401, "unknown token")
    return user


CurrentUser = Annotated[User, Depends(current_user)]


def require_role(*roles: str):
    """A dependency that lets only users with one of the roles pass."""

    async def check(user: CurrentUser) -> User:
        if user.role not in roles:  # step MB303 check
            raise HTTPException(403, "not allowed")
        return user

    return check


@lru_cache(maxsize=4096)
def permissions_of(user_id: int) -> frozenset[str]:
    with SyncSession() as session:
        return frozenset(session.scalars(select(Grant.permission).where(Grant.user_id == user_id)))


def require_permission(permission: str):
    """A dependency that asks the permissions remembered by this process."""

    def check(user: CurrentUser) -> User:
        if permission not in permissions_of(user.id):  # want MB301 "permissions_of|grant"
            raise HTTPException(403, f"needs {permission}")
        return user

    return check


def require_grant(permission: str):
    """A dependency that asks the table, in the session of the request."""

    async def check(user: CurrentUser, session: DB) -> User:
        if not await UserRepository(session).has_grant(user.id, permission):
            raise HTTPException(403, f"needs {permission}")
        return user

    return check
