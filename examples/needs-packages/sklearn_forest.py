"""Extremely randomized trees of scikit-learn on its own wine data (examples/needs-packages/sklearn_forest.yaml)."""

from sklearn.datasets import load_wine
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import cross_val_score

import equivolve

ROWS, LABELS = load_wine(return_X_y=True)


@equivolve.evaluator(maximize="accuracy", record=["spread"], deterministic=True)
def forest(trees, depth, share, criterion, trial):
    model = ExtraTreesClassifier(n_estimators=trees, max_depth=depth, max_features=share,
                                 criterion=criterion, random_state=trial.seed)
    scores = cross_val_score(model, ROWS, LABELS, cv=3)
    return {"accuracy": scores.mean(), "spread": scores.std()}
