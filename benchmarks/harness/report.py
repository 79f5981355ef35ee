"""What a run says: Markdown for people, JSON for later comparison."""

from dataclasses import dataclass, field

from .rounds import Results, medians


@dataclass
class Section:
    """One scenario's result."""

    title: str
    rows: list[dict]
    data: dict
    notes: list[str] = field(default_factory=list)

    @staticmethod
    def of_rows(title: str, rows: list[dict]) -> "Section":
        return Section(title, rows, {"rows": rows})

    @staticmethod
    def of_rounds(title: str, results: Results, baseline: str) -> "Section":
        """A table of medians; `baseline` is the peer that ratios are taken against, or how its name ends."""
        rows, data = [], {}
        for name, rounds in results.items():
            base = _baseline(name, results, baseline)
            middle = medians(rounds, base)
            data[name] = {"medians": middle, "rounds": [each.as_dict() for each in rounds]}
            rows.append(
                {
                    "peer": name,
                    "requests/s": f"{middle['rate']:.0f}",
                    "requests/s per core": f"{middle['per_core']:.0f}",
                    "CPU µs/request": f"{middle['cpu_us']:.2f}",
                    "min..max": f"{middle['cpu_us_min']:.2f}..{middle['cpu_us_max']:.2f}",
                    "CPU ratio": _ratio(middle["cpu_ratio"]),
                    "rate ratio": _ratio(middle["rate_ratio"]),
                    "p50 µs": f"{middle['p50']:.0f}",
                    "p99 µs": f"{middle['p99']:.0f}",
                    "p99.9 µs": f"{middle['p999']:.0f}",
                    "p99 ratio": _ratio(middle["p99_ratio"]),
                    "errors": f"**{middle['errors']}**" if middle["errors"] else "0",
                    "cores busy": f"{middle['gateway_busy']:.0%} / {middle['load_busy']:.0%}",
                }
            )
        section = Section(title, rows, data)
        disturbed = sum(each["medians"]["disturbed"] for each in data.values())
        if disturbed:
            section.note(f"{disturbed} rounds were disturbed by other processes on the gateway's core: measure again")
        return section

    def note(self, text: str) -> None:
        self.notes.append(text)

    def markdown(self) -> str:
        lines = [f"### {self.title}", ""]
        if self.rows:
            columns = list(self.rows[0])
            lines.append("| " + " | ".join(columns) + " |")
            lines.append("| --- |" + " ---: |" * (len(columns) - 1))
            lines += ["| " + " | ".join(str(row[column]) for column in columns) + " |" for row in self.rows]
        else:
            lines.append("No peer of this run takes part.")
        lines += ["", *self.notes] if self.notes else []
        return "\n".join(lines) + "\n"

    def as_dict(self) -> dict:
        return {"title": self.title, "notes": self.notes, "results": self.data}


def _baseline(name: str, results: Results, baseline: str) -> list | None:
    if not baseline.startswith("-"):
        return results.get(baseline)
    return results.get(name.rpartition("-")[0] + baseline)


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
