package scanner

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner/source"
)

// grown is a project made by a test: file names and texts.
type grown map[string]string

func (g grown) tree(tb testing.TB) *source.Tree {
	tb.Helper()
	fsys := fstest.MapFS{}
	for name, text := range g {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tree, err := source.FromFS(fsys, source.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return tree
}

func (g grown) size() (bytes, lines int) {
	for _, text := range g {
		bytes += len(text)
		lines += strings.Count(text, "\n")
	}
	return bytes, lines
}

const grownSession = `from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("postgresql+asyncpg://app@db/app")
maker = async_sessionmaker(engine, expire_on_commit=False)


async def get_db():
    async with maker() as session:
        yield session
`

const grownModel = `from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.base import Base


class Item%[1]d(Base):
    __tablename__ = "items_%[1]d"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(20), default="draft")
    stock: Mapped[int] = mapped_column(default=0)
`

const grownService = `from sqlalchemy import select

from app.models.item_%[1]d import Item%[1]d


class Repository%[1]d:
    def __init__(self, session):
        self.session = session

    async def get(self, item_id: int):
        return await self.session.get(Item%[1]d, item_id)

    async def by_name(self, name: str):
        found = await self.session.execute(select(Item%[1]d).where(Item%[1]d.name == name))
        return found.scalar_one_or_none()

    async def add(self, **values):
        item = Item%[1]d(**values)
        self.session.add(item)
        await self.session.commit()
        return item


class Service%[1]d:
    def __init__(self, session):
        self.repository = Repository%[1]d(session)
        self.session = session

    async def create(self, name: str):
        if await self.repository.by_name(name):
            raise ValueError("taken")
        return await self.repository.add(name=name)

    async def publish(self, item_id: int):
        item = await self.repository.get(item_id)
        if item is None or item.status != "draft":
            raise ValueError("not a draft")
        item.status = "published"
        await self.session.commit()
        return item

    async def take(self, item_id: int, count: int):
        item = await self.repository.get(item_id)
        if item.stock < count:
            raise ValueError("too few")
        item.stock = item.stock - count
        await self.session.commit()
        return item
`

const grownRoutes = `from fastapi import APIRouter, Depends, HTTPException

from app.db import get_db
from app.services.item_%[1]d import Service%[1]d

router = APIRouter(prefix="/items-%[1]d")


@router.post("/")
async def create(name: str, db=Depends(get_db)):
    try:
        return await Service%[1]d(db).create(name)
    except ValueError as error:
        raise HTTPException(409, str(error))


@router.post("/{item_id}/publish")
async def publish(item_id: int, db=Depends(get_db)):
    return await Service%[1]d(db).publish(item_id)


@router.post("/{item_id}/take")
async def take(item_id: int, count: int, db=Depends(get_db)):
    return await Service%[1]d(db).take(item_id, count)


@router.get("/{item_id}")
async def show(item_id: int, db=Depends(get_db)):
    item = await Service%[1]d(db).repository.get(item_id)
    if item is None:
        raise HTTPException(404)
    return {"id": item.id, "name": item.name}
`

const grownPlain = `import math


class Shape%[1]d:
    """What most of a project is: code that no request reaches."""

    def __init__(self, sides, length):
        self.sides, self.length = sides, length

    def area(self):
        total = 0.0
        for side in range(self.sides):
            total += math.sin(side / max(self.sides, 1)) * self.length
        return {"area": total, "label": f"{self.sides} x {self.length}"}

    def scaled(self, factor: float = 1.0) -> "Shape%[1]d":
        if factor <= 0:
            raise ValueError("factor")
        return Shape%[1]d(self.sides, [x * factor for x in (self.length,) if x][0])
`

// ordinary is a project of about so many lines as people write them: models, services and routes in layers, and around them
// twice as much code that no request reaches.
func ordinary(lines int) grown {
	g := grown{"app/__init__.py": "", "app/db.py": grownSession, "app/base.py": "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"}
	main := "from fastapi import FastAPI\n\napp = FastAPI()\n"
	have := 0
	for i := 0; have < lines; i++ {
		plain := strings.Repeat(grownPlain, 12)
		for name, text := range map[string]string{"models": grownModel, "services": grownService, "routes": grownRoutes, "plain": plain} {
			text = strings.ReplaceAll(text, "%[1]d", fmt.Sprint(i))
			have += strings.Count(text, "\n")
			g[fmt.Sprintf("app/%s/item_%d.py", name, i)] = text
		}
		main += fmt.Sprintf("from app.routes import item_%d\napp.include_router(item_%d.router)\n", i, i)
	}
	g["app/main.py"] = main
	return g
}
