#include "evaluators/algorithm_discovery/python_parts.hpp"

namespace equivolve::algorithm_discovery {

// NumPy's own sums are pairwise or go through BLAS; cumsum is the one that adds in order, as the
// interpreter does.
const std::string_view kPythonArithmetic = R"PY(
# ---- arithmetic: IEEE doubles, nothing guarded, sums in index order ---------------------------------------------------

def _quotient(a, b):
    if b == 0.0:
        if a == 0.0 or a != a:
            return math.nan
        return math.copysign(math.inf, a) * math.copysign(1.0, b)
    return a / b


def _guarded(function):
    def call(x):
        try:
            return function(x)
        except ValueError:
            return math.nan
    return call


_sin, _cos, _tan = _guarded(math.sin), _guarded(math.cos), _guarded(math.tan)
_arcsin, _arccos, _arctan = _guarded(math.asin), _guarded(math.acos), math.atan


def _exp(x):
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _log(x):
    if x == 0.0:
        return -math.inf
    return math.log(x) if x > 0.0 else math.nan


_EVEN = [1.0 / math.factorial(k) for k in (12, 10, 8, 6, 4, 2)]
_ODD = [1.0 / math.factorial(k) for k in (13, 11, 9, 7, 5, 3)]


def _sigmoid(x):
    # 1 / (1 + e^-x) in the search's own sums and products: e^y = 2^n e^r, the latter by Taylor's series.
    y = min(max(-x, -708.0), 708.0)
    n = (y * 1.4426950408889634 + 6755399441055744.0) - 6755399441055744.0
    r = (y - n * 6.93145751953125e-1) - n * 1.42860682030941723212e-6
    square, even, odd = r * r, 0.0, 0.0
    for of_even, of_odd in zip(_EVEN, _ODD):
        even, odd = even * square + of_even, odd * square + of_odd
    of_r = (r + square * (even + r * odd)) + 1.0
    return 1.0 / (of_r * 2.0 ** n + 1.0)


def _heaviside(x):
    return np.where(x > 0.0, 1.0, 0.0)


def _smaller(a, b):
    return np.where(a < b, a, b)


def _larger(a, b):
    return np.where(a > b, a, b)


def _total(x):
    return float(np.cumsum(x)[-1])


def _rows(m):
    return np.cumsum(m, axis=1)[:, -1]


def _norm(x):
    return math.sqrt(_total(x * x))


def _mean(x):
    return _total(x) / x.size


def _deviation(x):
    away = x - _mean(x)
    return math.sqrt(_total(away * away) / x.size)


def _row_mean(m):
    return _rows(m) / m.shape[1]


def _row_deviation(m):
    away = m - _row_mean(m)[:, None]
    return np.sqrt(_rows(away * away) / m.shape[1])


def _matmul(a, b):
    out = a[:, :1] * b[:1, :]
    for k in range(1, a.shape[1]):
        out = out + a[:, k:k + 1] * b[k:k + 1, :]
    return out


def _with_element(array, place, value):
    array = array.copy()
    array[place] = value
    return array


# ---- random numbers: Philox4x32-10 (Salmon et al. 2011), a pure function of (seed, purpose, index, ordinal) -----------

_EVALUATE, _SPLIT = 4, 10
_MASK32, _MASK64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF


class _Stream:
    def __init__(self, seed, purpose, index):
        self.key = (seed & _MASK32, seed >> 32)
        self.counter = [0, purpose, index & _MASK32, (index >> 32) & _MASK32]
        self.words = []

    def next(self):
        if not self.words:
            c, (k0, k1) = list(self.counter), self.key
            for _ in range(10):
                p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
                c = [(p1 >> 32) ^ c[1] ^ k0, p1 & _MASK32, (p0 >> 32) ^ c[3] ^ k1, p0 & _MASK32]
                k0, k1 = (k0 + 0x9E3779B9) & _MASK32, (k1 + 0xBB67AE85) & _MASK32
            self.words = [c[2] | c[3] << 32, c[0] | c[1] << 32]
            self.counter[0] = (self.counter[0] + 1) & _MASK32
        return self.words.pop()

    def unit(self):
        return (self.next() >> 11) * 2.0 ** -53

    def uniform(self, low, high):
        u = self.unit()
        width = high - low
        value = low + width * u if math.isfinite(width) else low * (1 - u) + high * u
        return math.nextafter(high, low) if value >= high and low < high else value

    def gaussian(self):
        radius = math.sqrt(-2.0 * math.log(1.0 - self.unit()))
        return radius * math.cos(2.0 * math.pi * self.unit())

    def below(self, bound):
        product = self.next() * bound
        if product & _MASK64 < bound:
            while product & _MASK64 < (-bound & _MASK64) % bound:
                product = self.next() * bound
        return product >> 64


class _Draws:
    """Draws of the program's random instructions; `step` counts function calls."""

    def __init__(self, seed, step=0):
        self.seed, self.step = seed, step

    def _many(self, ordinal, shape, one):
        stream = _Stream(self.seed, _EVALUATE, self.step << 32 | ordinal)
        return np.array([one(stream) for _ in range(int(np.prod(shape)))]).reshape(shape)

    def uniform(self, ordinal, low, high, shape):
        return self._many(ordinal, shape, lambda stream: stream.uniform(low, high))

    def gaussian(self, ordinal, mean, deviation, shape):
        return self._many(ordinal, shape, lambda stream: mean + deviation * stream.gaussian())
)PY";

const std::string_view kPythonProgram = R"PY(

# ---- running it ---------------------------------------------------------------------------------------------------------

class _Machine:
    """Memories of one running program. All start at zero; setup runs once."""

    def __init__(self, seed):
        self.s = [0.0] * SCALARS
        self.v = [np.zeros(D) for _ in range(VECTORS)]
        self.m = [np.zeros((D, D)) for _ in range(MATRICES)]
        self.draws = _Draws(seed)

    @classmethod
    def restored(cls, seed, step, scalars, vectors, matrices):
        self = cls(seed)
        self.draws.step = step
        for address, value in scalars.items():
            self.s[address] = value
        for address, value in vectors.items():
            self.v[address] = np.array(value, dtype=float)
        for address, value in matrices.items():
            self.m[address] = np.array(value, dtype=float)
        return self

    def copy(self):
        other = _Machine(self.draws.seed)
        other.s, other.v, other.m = list(self.s), list(self.v), list(self.m)
        other.draws.step = self.draws.step
        return other

    def run(self, function):
        function(self.s, self.v, self.m, self.draws)
        self.draws.step += 1

    def predict(self, row):
        self.v[0] = row
        self.s[0] = 0.0
        self.run(predict)
        return self.s[1]

    def learn(self, score, label):
        if not math.isfinite(score):
            raise ValueError("training ended: a prediction is not finite")
        told = _sigmoid(score) if CLASSIFICATION else score
        if not abs(label - told) <= ERROR_BOUND:
            raise ValueError("training ended: the error passed its bound")
        if CLASSIFICATION:
            self.s[1] = told
        self.s[0] = label
        self.run(learn)


def _training_order(n, seed):
    order = list(range(n))
    if PREPROCESS:
        stream = _Stream(seed, _SPLIT, (1 << 32) + 0xFFFF)
        for i in range(n, 1, -1):
            j = stream.below(i)
            order[i - 1], order[j] = order[j], order[i - 1]
    return order


def _scale_of(columns):
    """Mean and standard deviation of each column; 0 for a constant one."""
    n = len(columns)
    means = np.cumsum(columns, axis=0)[-1] / n
    away = columns - means
    deviations = np.sqrt(np.cumsum(away * away, axis=0)[-1] / n)
    constant = (columns == columns[0]).all(axis=0)
    return np.where(constant, columns[0], means), np.where(constant, 0.0, deviations)


def _standardised(columns, means, deviations):
    return np.where(deviations == 0.0, 0.0, (columns - means) / np.where(deviations == 0.0, 1.0, deviations))


class Model:
    """The found program as a scikit-learn estimator: fit(X, y), predict(X).

    X has one row an example and the columns FEATURES, in that order, in their own units, as read_features gives them:
    the model fills in what is missing (NaN) and standardises by itself. The program may carry a state from row to row,
    so the order of rows can matter.
    """

    _estimator_type = "classifier" if CLASSIFICATION else "regressor"

    def __init__(self, epochs=EPOCHS, seed=COMMON_SEED):
        self.epochs = epochs
        self.seed = seed

    def get_params(self, deep=True):
        return {"epochs": self.epochs, "seed": self.seed}

    def set_params(self, **params):
        for name, value in params.items():
            if name not in self.get_params():
                raise ValueError(f"invalid parameter {name!r}")
            setattr(self, name, value)
        return self

    def __repr__(self):
        return f"Model(epochs={self.epochs}, seed={self.seed})"

    def fit(self, X, y):
        X, y = _checked(X), np.asarray(y)
        if len(X) != len(y) or len(X) == 0:
            raise ValueError("X must have as many rows as y, and at least one")
        self.n_features_in_ = D
        self.fills_ = _fills_of(X)
        X = _filled(X, self.fills_)
        self.feature_scale_ = _scale_of(X) if PREPROCESS else (np.zeros(D), np.ones(D))
        order = _training_order(len(X), self.seed)
        if CLASSIFICATION:
            self.classes_, codes = np.unique(y, return_inverse=True)
            if len(self.classes_) < 2:
                raise ValueError("y holds one class only")
            positives = range(len(self.classes_)) if len(self.classes_) > 2 else [1]
            labels = [np.where(codes == p, 1.0, 0.0) for p in positives]
        else:
            means, deviations = _scale_of(y.astype(float)[:, None]) if PREPROCESS else (np.zeros(1), np.ones(1))
            self.target_scale_ = float(means[0]), float(deviations[0])
            positives = [1]
            labels = [_standardised(y.astype(float)[:, None], means, deviations)[:, 0]]
        rows = _standardised(X, *self.feature_scale_)
        self.machines_ = []
        with np.errstate(all="ignore"):
            for positive, label in zip(positives, labels):
                machine = _Machine(_Stream(self.seed, _EVALUATE, positive).next())
                machine.run(setup)
                for _ in range(self.epochs):
                    for r in order:
                        machine.learn(machine.predict(rows[r]), float(label[r]))
                self.machines_.append(machine)
        return self

    def decision_function(self, X):
        """s1 after predict: of the second of two classes, or one column a class; standardised units for regression."""
        return _one_or_many(self._scores(X))

    def _scores(self, X):
        rows = _standardised(_filled(_checked(X), self.fills_), *self.feature_scale_)
        with np.errstate(all="ignore"):
            columns = []
            for machine in self.machines_:
                machine = machine.copy()
                columns.append([machine.predict(row) for row in rows])
        scores = np.array(columns, dtype=float).T.reshape(len(X), len(self.machines_))
        if not np.isfinite(scores).all():
            raise ValueError("a prediction is not finite")
        return scores

    def _chosen(self, scores):
        return np.argmax(scores, axis=1) if scores.shape[1] > 1 else (scores[:, 0] >= 0).astype(int)

    def predict(self, X):
        scores = self._scores(X)
        if CLASSIFICATION:
            return self.classes_[self._chosen(scores)]
        return self.target_scale_[0] + self.target_scale_[1] * scores[:, 0]

    def score(self, X, y):
        """Accuracy, or R^2."""
        y, told = np.asarray(y), self.predict(X)
        if CLASSIFICATION:
            return float(np.mean(y == told))
        return float(1 - np.sum((y - told) ** 2) / np.sum((y - np.mean(y)) ** 2))
)PY";

const std::string_view kPythonLinear = R"PY(

class Model:
    """A fitted linear model, as a scikit-learn estimator that is already fitted."""

    def decision_function(self, X):
        """Of the second of two classes, or one column a class; standardised units for regression."""
        return _one_or_many(self._scores(X))

    def _scores(self, X):
        X = _filled(_checked(X), FEATURE_FILLS)
        scaled = np.where(FEATURE_DEVIATIONS == 0.0, 0.0,
                          (X - FEATURE_MEANS) / np.where(FEATURE_DEVIATIONS == 0.0, 1.0, FEATURE_DEVIATIONS))
        return scaled @ WEIGHTS.T + INTERCEPTS

    def _chosen(self, scores):
        return np.argmax(scores, axis=1) if scores.shape[1] > 1 else (scores[:, 0] >= 0).astype(int)

    def predict(self, X):
        scores = self._scores(X)
        if CLASSIFICATION:
            return self.classes_[self._chosen(scores)]
        return TARGET_MEAN + TARGET_DEVIATION * scores[:, 0]


def pretrained():
    model = Model()
    if CLASSIFICATION:
        model.classes_ = np.array(CLASSES)
    return model
)PY";

const std::string_view kPythonFormula = R"PY(

# ---- what numpy has no name for ---------------------------------------------------------------------------------------

def _truth(x):
    return np.where(x, 1.0, 0.0)


class Model:
    """The found formula with its fitted numbers, as a scikit-learn regressor that is already fitted."""

    _estimator_type = "regressor"

    def predict(self, X):
        X = _filled(_checked(X), FEATURE_FILLS)
        if STANDARDISED:
            X = np.where(FEATURE_DEVIATIONS == 0.0, 0.0,
                         (X - FEATURE_MEANS) / np.where(FEATURE_DEVIATIONS == 0.0, 1.0, FEATURE_DEVIATIONS))
        told = np.empty(len(X))
        with np.errstate(all="ignore"):
            told[:] = formula(X, CONSTANTS)
        if not np.isfinite(told).all():
            raise ValueError("a prediction is not finite")
        return TARGET_MEAN + TARGET_DEVIATION * told if STANDARDISED else told

    def score(self, X, y):
        """R^2."""
        y, told = np.asarray(y), self.predict(X)
        return float(1 - np.sum((y - told) ** 2) / np.sum((y - np.mean(y)) ** 2))


def pretrained():
    return Model()
)PY";

}  // namespace equivolve::algorithm_discovery
