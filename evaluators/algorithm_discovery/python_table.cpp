#include "evaluators/algorithm_discovery/python_table.hpp"

namespace equivolve::algorithm_discovery {

const std::string_view kPythonTable = R"PY(

# ---- reading tables: the same text, the same features as when this file was written ------------------------------------

class BadTable(ValueError):
    """A file that cannot be used; the text says why in one line."""


_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")


def _number(cell):
    """The cell as a finite number, or None."""
    if DECIMAL == ",":
        if "." in cell:
            return None
        cell = cell.replace(",", ".", 1)
    value = float(cell) if _NUMBER.match(cell) else math.inf
    return value if math.isfinite(value) else None


_MISSING_TEXTS = {token.lower() for token in MISSING_VALUES} | {""}
_MISSING_NUMBERS = {_number(token) for token in MISSING_VALUES} - {None}


def _is_missing(cell):
    return cell.lower() in _MISSING_TEXTS or bool(_MISSING_NUMBERS) and _number(cell) in _MISSING_NUMBERS


def _text_of(path):
    try:
        with open(path, "rb") as file:
            data = file.read()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise BadTable("it is cut or damaged (gzip)") from None
    except OSError as error:
        raise BadTable(error.strerror or str(error)) from None
    text = data.decode("utf-8", "surrogateescape")
    if "\0" in text:
        raise BadTable(f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}: a NUL byte; this is no text file")
    return text[1:] if text.startswith("\ufeff") else text


def _separator_of(text):
    """The most frequent of comma, semicolon and tab outside quotes in the first line, else a bar, else a comma."""
    counts, quoted, blank = dict.fromkeys(",;\t|", 0), False, True
    for c in text:
        quoted ^= c == '"'
        if c in "\r\n" and not quoted:
            if not blank:
                break
            continue
        blank = blank and c in " \t"
        if not quoted and c in counts:
            counts[c] += 1
    if DECIMAL == ",":
        counts[","] = 0
    best = max(",;\t", key=counts.get)
    return best if counts[best] else "|" if counts["|"] else ","


def _records(text):
    """(line, cells) of every record that is not blank."""
    separator = SEPARATOR or _separator_of(text)
    stop = r" \t" if separator == " " else re.escape(separator)
    blanks = "[ ]*" if separator == "\t" else r"[ \t]*"
    end = r"[ \t]*(?:\r\n|\r|\n|\Z)|[ \t]+" if separator == " " else rf"{re.escape(separator)}|\r\n|\r|\n|\Z"
    cell = re.compile(rf'{blanks}(?:"([^"]*(?:""[^"]*)*)"([^{stop}\r\n]*)|((?!")[^{stop}\r\n]*))({end})')
    at, line, first, record, any_quoted = 0, 1, 1, [], False
    while at < len(text) or record:
        match = cell.match(text, at)
        if not match:
            raise BadTable(f"line {line}: a quote is not closed")
        quoted, tail, plain, end = match.groups()
        if quoted is None:
            record.append(plain.rstrip(" \t\v\f"))
        else:
            any_quoted = True
            line += quoted.count("\n")
            record.append(quoted.replace('""', '"') + tail.lstrip(" \t").rstrip(" \t\v\f"))
        at = match.end()
        if end != "" and end.strip(" \t") == "" and at < len(text) if separator == " " else end == separator:
            continue  # a cell follows
        if record != [""] or any_quoted:
            yield first, record
        line += 1
        first, record, any_quoted = line, [], False


def _places(header):
    """Where the columns stand, and how many there are; one more cell without a name may follow."""
    names = header[:-1] if HEADER and len(header) > 1 and header[-1] == "" else header
    names = [name or f"c{i}" for i, name in enumerate(names, start=1)] if HEADER else [
        f"c{i}" for i in range(1, len(names) + 1)]
    if len(set(names)) < len(names):
        raise BadTable(f"the header names column {max(names, key=names.count)!r} twice")
    places = []
    for name, _, _ in COLUMNS:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            raise BadTable(f"it has no column {name!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
        places.append(names.index(name))
    return places, len(names), len(header)


def _features_of(cells, place, unseen):
    """One row's features; NaN where a missing cell is to be filled in."""
    row = []
    for (name, levels, own_level), cell in zip(COLUMNS, cells):
        missing = _is_missing(cell)
        if not cell.isascii() and any("\ud800" <= c <= "\udfff" for c in cell):
            raise BadTable(f"{place}, column {name!r}, is not UTF-8 text")
        if levels is None:
            value = math.nan if missing else _number(cell)
            if value is None:
                raise BadTable(f"{cell[:60]!r} in {place}, column {name!r} is not a finite number")
            row.append(value)
        elif missing and MISSING_CATEGORIES == "most_frequent":
            row.extend([math.nan] * len(levels))
        else:
            if not missing and cell not in levels:
                unseen[name] = unseen.get(name, 0) + 1
            row.extend(0.0 if missing else float(cell == level) for level in levels)
            row.extend([float(missing)] * own_level)
    return row


def read_table(path):
    """Features (a row a record, the columns FEATURES), the numbers of the records they come from, and remarks."""
    rows, numbers, unseen, count, places = [], [], {}, 0, None
    for line, record in _records(_text_of(path)):
        if places is None:
            places, width, whole = _places(record)
            if HEADER:
                continue
        count += 1
        place = f"row {count} (line {line})"
        if len(record) != width and not (len(record) == whole and record[-1] == ""):
            raise BadTable(f"{place} has {len(record)} cells, expected {width}")
        cells = [record[i] for i in places]
        missing = [name for (name, _, _), cell in zip(COLUMNS, cells) if _is_missing(cell)]
        if missing and MISSING == "refuse":
            raise BadTable(f"missing value in {place}, column {missing[0]!r}")
        if missing and MISSING == "drop":
            continue
        rows.append(_features_of(cells, place, unseen))
        numbers.append(count)
    if places is None:
        raise BadTable("the file is empty")
    if not rows:
        raise BadTable("the file has a header but no rows" if count == 0 else
                       f"each of its {count} rows has a missing value")
    remarks = [f"column {name!r} has {n} cell{'s' * (n > 1)} with a level that was not in the data learnt from"
               for name, n in unseen.items()]
    if count > len(rows):
        remarks.append(f"{count - len(rows)} of {count} rows have missing values and get no prediction")
    return np.array(rows, dtype=float), numbers, remarks


def read_features(path):
    """The columns FEATURES of a CSV file as an array for fit and predict; NaN where a cell is to be filled in."""
    return read_table(path)[0]


def _checked(X):
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or X.shape[1] != len(FEATURES):
        raise ValueError(f"X must have {len(FEATURES)} columns")
    if MISSING != "impute" and np.isnan(X).any():
        raise ValueError("X holds NaN")
    return X


def _one_or_many(scores):
    """A column of its own is a plain list, as scikit-learn has it."""
    return scores[:, 0] if scores.shape[1] == 1 else scores


def _filled(X, fills):
    return np.where(np.isnan(X), fills, X)


def _fills_of(X):
    """What missing cells become: the median of numbers, for categories a level of their own or the most frequent."""
    fills, at = np.zeros(len(FEATURES)), 0
    for _, levels, own_level in COLUMNS:
        width = 1 if levels is None else len(levels) + own_level
        known = X[~np.isnan(X[:, at]), at:at + width]
        if MISSING != "impute":
            pass
        elif levels is None:
            ordered, middle = np.sort(known[:, 0]), len(known) // 2
            if len(known) % 2 == 1:
                fills[at] = ordered[middle]
            elif len(known) > 0:
                fills[at] = ordered[middle - 1] / 2 + ordered[middle] / 2
        elif own_level:
            fills[at + width - 1] = 1.0
        elif MISSING_CATEGORIES == "most_frequent" and known.any():
            fills[at + np.argmax(known.sum(axis=0))] = 1.0
        at += width
    return fills
)PY";

const std::string_view kPythonMain = R"PY(

# ---- python3 model.py data.csv [predictions.csv] ----------------------------------------------------------------------

def _predict_file(path, out):
    X, numbers, remarks = read_table(path)
    for remark in remarks:
        print(f"{path}: {remark}", file=sys.stderr)
    model = pretrained()
    writer = csv.writer(out, lineterminator="\n")
    if CLASSIFICATION:
        scores = model._scores(X)
        told = model.classes_[model._chosen(scores)]
        writer.writerow(["row", "prediction", "score"])
        for row, name, score in zip(numbers, told.tolist(), scores.max(axis=1).tolist()):
            writer.writerow([row, name, repr(score)])
    else:
        writer.writerow(["row", "prediction"])
        for row, value in zip(numbers, model.predict(X).tolist()):
            writer.writerow([row, repr(value)])


def main(arguments):
    if len(arguments) not in (2, 3):
        print("usage: python3 model.py data.csv [predictions.csv]", file=sys.stderr)
        return 2
    path, text = arguments[1], io.StringIO()
    try:
        _predict_file(path, text)
        if len(arguments) == 2:
            sys.stdout.write(text.getvalue())
        else:
            path = arguments[2]
            with open(path, "w", newline="", encoding="utf-8") as out:
                out.write(text.getvalue())
    except OSError as error:
        print(f"{path}: {error.strerror or error}", file=sys.stderr)
        return 2
    except ValueError as error:  # BadTable, or predictions that are not finite
        print(f"{path}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
)PY";

}  // namespace equivolve::algorithm_discovery
