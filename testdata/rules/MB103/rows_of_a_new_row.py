"""What a request asks of the rows that refer to one which it has just made is asked of nobody else's."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, relationship, sessionmaker

app = FastAPI()
engine = create_engine("postgresql+psycopg2://kitchen")
SessionLocal = sessionmaker(bind=engine)
Base = declarative_base()


class Step(Base):
    __tablename__ = "steps"
    id = Column(Integer, primary_key=True)
    meal_id = Column(Integer, ForeignKey("meals.id"))
    kind = Column(String)
    state = Column(String)


class Meal(Base):
    __tablename__ = "meals"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    steps = relationship("Step", lazy="dynamic")

    @property
    def hot_steps(self):
        return self.steps.filter(Step.kind == "hot")


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


def plan(db: Session, meal: Meal) -> None:
    if meal.hot_steps.count():
        for step in meal.hot_steps.filter(Step.state == "waiting"):
            step.state = "pending"
        db.commit()
        return
    db.add(Step(meal_id=meal.id, kind="hot", state="waiting"))
    db.commit()


@app.post("/meals")
def add_meal(name: str, db: Session = Depends(get_db)):
    meal = Meal(name=name)
    db.add(meal)
    db.commit()
    plan(db, meal)


@app.post("/dishes/{dish_id}/plan")
def plan_dish(dish_id: int, db: Session = Depends(get_db)):
    dish = db.get(Dish, dish_id)
    if dish is None:
        raise HTTPException(404)
    if dish.stages.filter(Stage.kind == "hot").count():  # want MB103 "both insert"
        return
    db.add(Stage(dish_id=dish.id, kind="hot"))
    db.commit()


class Stage(Base):
    __tablename__ = "stages"
    id = Column(Integer, primary_key=True)
    dish_id = Column(Integer, ForeignKey("dishes.id"))
    kind = Column(String)


class Dish(Base):
    __tablename__ = "dishes"
    id = Column(Integer, primary_key=True)
    stages = relationship("Stage", lazy="dynamic")
