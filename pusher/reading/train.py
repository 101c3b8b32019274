"""Learn, use and measure a model of any label set: the verbs ``pusher tags``."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pusher.model.errors import Unwilling
from pusher.reading.linear import VIEWS, BadModel, Linear, view_rows
from pusher.reading.measures import measure
from pusher.words.rows import Floats, Integers, Row, Weighing, learn

Rows = Sequence[Mapping[str, Any]]

# A term seen once says nothing in a large collection and much in a small one.
_SMALL = 300
_FOLDS = 3
_SEED = 20260101
_SLOPES = np.geomspace(0.5, 20.0, 40)
_ALSO_FROM = {True: 0.5, False: 0.25}
# A view that no row has text for: one term that occurs nowhere.
_EMPTY = Weighing(("\ue000",), np.ones(1))


class NothingToLearn(Unwilling):
    """The rows carry no label, or no text."""

    code = "nothing_to_learn"


class NoModel(Unwilling):
    """The folder holds no model that can be read."""

    code = "no_model"


def train(rows: Rows, folder: Path) -> None:
    """Train on *rows* and write the model to *folder*.

    Args:
        rows: each with ``text``, perhaps ``title``, and ``labels``, one or several.
        folder: made if need be; an older model there is replaced.

    Raises:
        NothingToLearn: no row carries a label and a text.
    """
    learned = [row for row in rows if _labels(row) and _has_text(row)]
    if not learned:
        raise NothingToLearn("训练数据中没有带标签的文本")
    labels = tuple(sorted({label for row in learned for label in _labels(row)}))
    many = any(len(_labels(row)) > 1 for row in learned)
    wanted = np.array([[label in _labels(row) for label in labels] for row in learned])
    slope, shift = _calibrated(learned, wanted, many=many)
    weighings, weights, offsets = _fit(learned, wanted)
    Linear(labels, many, weighings, weights.astype(np.float32), offsets, slope, shift).save(folder)


def predict(rows: Rows, folder: Path) -> Iterator[dict[str, Any]]:
    """Give for each row ``{"id", "labels": [{"label", "score", "words"}]}``, best first.

    There is always at least one label; others follow where their score is high enough.

    Raises:
        NoModel: *folder* holds no model.
    """
    model = _load(folder)
    places = model.places()
    for row in rows:
        yield {"id": row.get("id"), "labels": _ranked(model, model.rows(row, places))}


def evaluate(rows: Rows, folder: Path) -> dict[str, Any]:
    """Measure the model in *folder* on labelled *rows*; the shape is that of `measure`.

    Raises:
        NoModel: *folder* holds no model.
        NothingToLearn: no row carries a label.
    """
    labelled = [row for row in rows if _labels(row)]
    if not labelled:
        raise NothingToLearn("评估数据中没有带标签的文本")
    guesses = [
        [(label["label"], label["score"]) for label in found["labels"]]
        for found in predict(labelled, folder)
    ]
    return measure([_labels(row) for row in labelled], guesses)


def _load(folder: Path) -> Linear:
    try:
        return Linear.load(folder)
    except BadModel as error:
        raise NoModel(str(error)) from None


def _ranked(model: Linear, rows: list[Row]) -> list[dict[str, Any]]:
    scores = model.scores(model.margins(rows))
    order = np.argsort(-scores, kind="stable").tolist()
    kept = [place for place in order if scores[place] >= _ALSO_FROM[model.many]] or order[:1]
    return [
        {
            "label": model.labels[place],
            "score": round(float(scores[place]), 6),
            "words": [
                {"word": word, "weight": round(weight, 6)}
                for word, weight in model.speaking(place, rows)
            ],
        }
        for place in kept
    ]


def _labels(row: Mapping[str, Any]) -> list[str]:
    labels = row.get("labels") or []
    return [labels] if isinstance(labels, str) else [str(label) for label in labels]


def _has_text(row: Mapping[str, Any]) -> bool:
    return bool(str(row.get("title") or "").strip() or str(row.get("text") or "").strip())


def _fit(rows: Rows, wanted: Any) -> tuple[tuple[Weighing, ...], Floats, Floats]:
    """Learn terms and one line of weights for each column of *wanted*."""
    from sklearn.svm import LinearSVC

    weighings = tuple(_weighing(rows, place) for place in range(len(VIEWS)))
    matrix = _matrix(rows, weighings)
    lines, offsets = [], []
    for column in range(wanted.shape[1]):
        said = wanted[:, column]
        if said.all() or not said.any():
            lines.append(np.zeros(matrix.shape[1]))
            offsets.append(1.0 if said.all() else -1.0)
            continue
        # Rare labels count more, by the root: full balance would cost the common ones too much.
        heavier = float(np.sqrt(len(said) / (wanted.shape[1] * said.sum())))
        svc = LinearSVC(
            C=1.0, class_weight={True: max(heavier, 0.2), False: 1.0}, random_state=_SEED
        )
        svc.fit(matrix, said)
        lines.append(svc.coef_[0])
        offsets.append(float(svc.intercept_[0]))
    return weighings, np.array(lines), np.array(offsets)


def _weighing(rows: Rows, place: int) -> Weighing:
    view = VIEWS[place]
    texts = [view.text(row) for row in rows]
    try:
        return learn(texts, view.terms, at_least_in=1 if len(texts) < _SMALL else 2)
    except ValueError:  # no row has a title
        return _EMPTY


def _matrix(rows: Rows, weighings: tuple[Weighing, ...]) -> Any:
    from scipy.sparse import csr_array

    places = [weighing.places() for weighing in weighings]
    sizes = [len(weighing.terms) for weighing in weighings]
    starts = [sum(sizes[:view]) for view in range(len(sizes))]
    columns: list[Integers] = []
    weights: list[Floats] = []
    ends = [0]
    for row in rows:
        parts = view_rows(weighings, places, row)
        columns += [start + part.columns for start, part in zip(starts, parts, strict=True)]
        weights += [part.weights for part in parts]
        ends.append(ends[-1] + sum(len(part.columns) for part in parts))
    shape = (len(rows), sum(sizes))
    # liblinear takes 32-bit indices only.
    indices = np.concatenate(columns).astype(np.int32)
    return csr_array((np.concatenate(weights), indices, np.array(ends, np.int32)), shape=shape)


def _calibrated(rows: Rows, wanted: Any, *, many: bool) -> tuple[float, float]:
    """Return slope and shift that make scores say how often they are right.

    Judged on rows that the judging model has not seen: three folds, each label spread over all.
    """
    if len(rows) < 4 * _FOLDS or wanted.shape[1] < 2:
        return 4.0, 0.0
    margins = np.zeros(wanted.shape)
    for held in _folds(wanted):
        seen = ~held
        learned = [row for row, keep in zip(rows, seen, strict=True) if keep]
        weighings, weights, offsets = _fit(learned, wanted[seen])
        unseen = [row for row, out in zip(rows, held, strict=True) if out]
        margins[held] = _matrix(unseen, weighings) @ weights.T + offsets
    return _logistic(margins, wanted) if many else (_softmax(margins, wanted), 0.0)


def _folds(wanted: Any) -> list[Any]:
    """Part the rows into folds so that each label is in as many of them as it can be."""
    order = np.random.default_rng(_SEED).permutation(len(wanted))
    dealt: Counter[int] = Counter()
    fold = np.zeros(len(wanted), dtype=np.int64)
    for place in order.tolist():
        label = int(wanted[place].argmax())
        fold[place] = dealt[label] % _FOLDS
        dealt[label] += 1
    return [fold == number for number in range(_FOLDS)]


def _softmax(margins: Floats, wanted: Any) -> float:
    """Return the slope under which the true labels are likeliest."""
    losses = []
    for slope in _SLOPES:
        scaled = slope * margins
        raised = scaled - scaled.max(axis=1, keepdims=True)
        logs = raised - np.log(np.exp(raised).sum(axis=1, keepdims=True))
        losses.append(-logs[wanted].mean())
    return float(_SLOPES[int(np.argmin(losses))])


def _logistic(margins: Floats, wanted: Any) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6).fit(margins.reshape(-1, 1), wanted.ravel())
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
