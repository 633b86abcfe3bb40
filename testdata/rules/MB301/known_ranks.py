"""Ranks that an object of the application remembers, though it promises to ask anew."""
import asyncpg
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request

app = FastAPI()
router = APIRouter(prefix="/clubs/{club}")


class Ranks:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self._known: dict[tuple[int, int], str] = {}

    async def ask_anew(self, club: int, person: int) -> str | None:
        if (club, person) in self._known:
            return self._known[club, person]
        rank = await self.pool.fetchval("SELECT rank FROM club_members WHERE club_id = $1 AND person_id = $2", club, person)
        if rank is not None:
            self._known[club, person] = rank
        return rank

    async def ask(self, club: int, person: int) -> str | None:
        return await self.pool.fetchval("SELECT rank FROM club_members WHERE club_id = $1 AND person_id = $2", club, person)


@app.on_event("startup")
async def start() -> None:
    app.state.pool = await asyncpg.create_pool("postgresql://clubs@db/clubs")
    app.state.ranks = Ranks(app.state.pool)


async def captain(request: Request, club: int, x_person: int = Header()) -> int:
    rank = await request.app.state.ranks.ask_anew(club, x_person)
    if rank != "captain":  # want MB301 "club_members"
        raise HTTPException(403)
    return x_person


async def captain_now(request: Request, club: int, x_person: int = Header()) -> int:
    rank = await request.app.state.ranks.ask(club, x_person)
    if rank != "captain":
        raise HTTPException(403)
    return x_person


@router.delete("/boats/{boat}", status_code=204)
async def sell_boat(request: Request, club: int, boat: int, me: int = Depends(captain)):
    await request.app.state.pool.execute("DELETE FROM boats WHERE id = $1 AND club_id = $2", boat, club)


@router.delete("/members/{person}", status_code=204)
async def remove_member(request: Request, club: int, person: int, me: int = Depends(captain_now)):
    await request.app.state.pool.execute("DELETE FROM club_members WHERE club_id = $1 AND person_id = $2", club, person)


app.include_router(router)
