"""What a project's own class does with the model for which a library made it, beside the methods of the library."""
from fastapi import Depends, FastAPI, HTTPException
from fastcrud import FastCRUD
from pydantic import BaseModel
from sqlalchemy import UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy_crud_plus import CRUDPlus

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/words"), expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Word(Base):
    __tablename__ = "words"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    label: Mapped[str]


class Kind(Base):
    __tablename__ = "kinds"
    __table_args__ = (UniqueConstraint("code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    uses: Mapped[int]


class Text(Base):
    __tablename__ = "texts"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class WordIn(BaseModel):
    label: str


class KindIn(BaseModel):
    code: str


class Words(CRUDPlus[Word]):
    async def labelled(self, db: AsyncSession, label: str, kind: str) -> Word | None:
        return await self.select_model_by_column(db, self.model.label == label, self.model.kind == kind)

    async def put(self, db: AsyncSession, word: WordIn, kind: str) -> None:
        given = word.model_dump()
        given.update({"kind": kind})
        db.add(self.model(**given))  # want MB103 "words"


class Kinds(CRUDPlus[Kind]):
    async def coded(self, db: AsyncSession, code: str) -> Kind | None:
        return await self.select_model_by_column(db, code=code)

    async def put(self, db: AsyncSession, kind: KindIn) -> None:
        db.add(self.model(**kind.model_dump(), uses=0))  # want MB104 "kinds"

    async def use(self, db: AsyncSession, kind_id: int) -> int:
        done = await db.execute(update(self.model).where(self.model.id == kind_id).values(uses=self.model.uses + 1))
        return done.rowcount


class Texts(FastCRUD):
    async def titled(self, db: AsyncSession, title: str):
        return await db.scalar(select(self.model).where(self.model.title == title))


words, kinds, texts = Words(Word), Kinds(Kind), Texts(Text)
app = FastAPI()


async def get_db():
    async with Maker() as db:
        yield db


@app.post("/words/{kind}")
async def add_word(kind: str, word: WordIn, db: AsyncSession = Depends(get_db)):
    if await words.labelled(db, word.label, kind):  # step MB103 check
        raise HTTPException(409)
    await words.put(db, word, kind)
    await db.commit()


@app.post("/kinds")
async def add_kind(kind: KindIn, db: AsyncSession = Depends(get_db)):
    if await kinds.coded(db, kind.code):  # step MB104 check
        raise HTTPException(409)
    await kinds.put(db, kind)
    await db.commit()


@app.post("/kinds/{kind_id}/uses")
async def use_kind(kind_id: int, db: AsyncSession = Depends(get_db)):
    if not await kinds.use(db, kind_id):
        raise HTTPException(404)
    await db.commit()


@app.post("/texts")
async def add_text(title: str, db: AsyncSession = Depends(get_db)):
    if await texts.titled(db, title):  # step MB103 check
        raise HTTPException(409)
    db.add(Text(title=title))  # want MB103 "texts"
    await db.commit()
