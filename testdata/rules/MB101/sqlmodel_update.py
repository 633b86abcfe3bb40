"""A row is given new values by sqlmodel_update: worked out from what was read, or from what the caller sent."""
from fastapi import Depends, FastAPI, HTTPException
from sqlmodel import Field, Session, SQLModel, create_engine, select

engine = create_engine("postgresql+psycopg://localhost/orchards")
app = FastAPI()


class Tree(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    picked: int = 0
    mean: float = 0.0
    label: str = ""


class Change(SQLModel):
    label: str | None = None


def get_session():
    with Session(engine) as session:
        yield session


@app.post("/trees/{tree_id}/baskets")
def pick(tree_id: int, apples: int, weight: float, session: Session = Depends(get_session)):
    tree = session.get(Tree, tree_id)  # step MB101 read
    if tree is None:
        raise HTTPException(404)
    mean = (tree.mean * tree.picked + weight) / (tree.picked + apples)
    tree.sqlmodel_update({"mean": mean}, update={"picked": tree.picked + apples})  # want MB101 "mean"
    session.add(tree)
    session.commit()


@app.post("/trees/{tree_id}/baskets/in-turn")
def pick_in_turn(tree_id: int, apples: int, weight: float, session: Session = Depends(get_session)):
    tree = session.exec(select(Tree).where(Tree.id == tree_id).with_for_update()).one()
    mean = (tree.mean * tree.picked + weight) / (tree.picked + apples)
    tree.sqlmodel_update({"mean": mean}, update={"picked": tree.picked + apples})
    session.add(tree)
    session.commit()


@app.patch("/trees/{tree_id}")
def rename(tree_id: int, change: Change, session: Session = Depends(get_session)):
    tree = session.get(Tree, tree_id)
    if tree is None:
        raise HTTPException(404)
    tree.sqlmodel_update(change.model_dump(exclude_unset=True))
    session.add(tree)
    session.commit()
