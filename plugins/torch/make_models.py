# SPDX-License-Identifier: Apache-2.0
"""Write the models of the tests into a directory, and what torch itself gives of them: make_models.py DIRECTORY

Of a model NAME.pt, NAME.PLACE.in and NAME.PLACE.out are the elements of inputs and outputs. Exits with 77
without torch."""
import pathlib
import sys
from typing import Dict, List, NamedTuple, Optional, Tuple

try:
    import torch
except ImportError:
    print('python3 has no torch: install python3-torch')
    sys.exit(77)

# As vAccel calls them.
TYPES = {
    'FLOAT32': 'float32', 'FLOAT64': 'float64', 'FLOAT16': 'float16', 'BFLOAT16': 'bfloat16',
    'FLOAT8_E4M3': 'float8_e4m3fn', 'FLOAT8_E5M2': 'float8_e5m2', 'INT8': 'int8', 'INT16': 'int16',
    'INT32': 'int32', 'INT64': 'int64', 'UINT8': 'uint8', 'UINT16': 'uint16', 'UINT32': 'uint32',
    'UINT64': 'uint64', 'BOOL': 'bool', 'COMPLEX64': 'complex64', 'COMPLEX128': 'complex128',
}


class Linear(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(8, 16)
        self.second = torch.nn.Linear(16, 4)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


class Large(torch.nn.Module):
    """4 MiB of weights."""
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(64, 8192), torch.nn.ReLU(), torch.nn.Linear(8192, 64))

    def forward(self, x):
        return self.layers(x)


class Reverse(torch.nn.Module):
    """Not in place, and of any type."""
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.stack([x[2], x[1], x[0]])


class Same(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


class Several(torch.nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor, scale: float = 2.0):
        return x + y, (x - y, (x * scale, y.sum()))

    @torch.jit.export
    def swap(self, x: torch.Tensor, y: torch.Tensor):
        return y, x


class Result(NamedTuple):
    total: torch.Tensor
    count: int


class Named(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> Result:
        return Result(x.sum(), x.numel())


class Dictionary(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> Dict[str, torch.Tensor]:
        return {'twice': x * 2, 'half': x / 2}


class Listed(torch.nn.Module):
    def forward(self, x: torch.Tensor, times: int) -> Tuple[List[torch.Tensor], Optional[torch.Tensor]]:
        return [x * i for i in range(times)], None


class Pairs(torch.nn.Module):
    def forward(self, pair: Tuple[torch.Tensor, torch.Tensor], state: Optional[torch.Tensor] = None,
                negative: bool = False):
        result = pair[0] - pair[1]
        if state is not None:
            result = result + state
        return -result if negative else result


class Views(torch.nn.Module):
    """Outputs that do not lie in memory one element behind the other."""
    def forward(self, x: torch.Tensor):
        return x.t(), x[:, 1], torch.complex(x, x).conj(), x.expand(2, 2, 3)


class Negated(torch.nn.Module):
    """Outputs whose elements lie in memory with the other sign. The second is one element."""
    def forward(self, x: torch.Tensor):
        imaginary = torch.imag(torch.complex(x, x).conj())
        return imaginary, imaginary[1, 2]


class Writer(torch.nn.Module):
    def forward(self, x: torch.Tensor):
        return x.add_(1)


class Lent(torch.nn.Module):
    """Writes to what dropout returns, which is its argument. Torch's schema does not say so."""
    def forward(self, x: torch.Tensor):
        y = torch.dropout(x, 0.5, False)
        y += 1
        return y.type_as(x).relu_()


class Keeper(torch.nn.Module):
    """Gives the input of the run before."""
    def __init__(self):
        super().__init__()
        self.kept = torch.zeros(3)

    def forward(self, x: torch.Tensor):
        before = self.kept
        self.kept = x
        return before


class Collector(torch.nn.Module):
    """The same, in a list."""
    def __init__(self):
        super().__init__()
        self.kept: List[torch.Tensor] = [torch.zeros(3)]

    def forward(self, x: torch.Tensor):
        self.kept.append(x)
        return self.kept[-2]


class Places(torch.nn.Module):
    """How large the result is depends on the elements."""
    def forward(self, x: torch.Tensor):
        return torch.nonzero(x)


class Median(torch.nn.Module):
    """Elements are compared with each other until they are in order, which they must come to be."""
    def forward(self, x: torch.Tensor):
        return torch.median(x, 0)[0]


class Highest(torch.nn.Module):
    def forward(self, x: torch.Tensor):
        return torch.topk(x, x.size(0))[0]


class Counter(torch.nn.Module):
    """Another operator than the where() that chooses."""
    def forward(self, x: torch.Tensor):
        return torch.where(x)[0]


class Inner(torch.nn.Module):
    """In a function, a loop and a branch."""
    def ordered(self, x: torch.Tensor):
        return torch.sort(x)[0]

    def forward(self, x: torch.Tensor):
        for i in range(x.dim()):
            if i > 0:
                x = self.ordered(x)
        return x


class Raiser(torch.nn.Module):
    def forward(self, x: torch.Tensor):
        if x.size(0) > 3:
            raise ValueError(f'at most 3 rows, not {x.size(0)}')
        return x


class Text(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> str:
        return 'no tensor'


class TextInput(torch.nn.Module):
    def forward(self, x: torch.Tensor, how: str) -> torch.Tensor:
        return x if how == 'plain' else -x


class Sparse(torch.nn.Module):
    def forward(self, x: torch.Tensor):
        return x.to_sparse()


class Huge(torch.nn.Module):
    def forward(self, x: torch.Tensor):
        return torch.zeros([1 << 46])


class Saver(torch.nn.Module):
    """Writes a file, when it is run."""
    def forward(self, x: torch.Tensor):
        torch.save('mischief', '/tmp/vaccel-torch-mischief')
        return x


class Reader(torch.nn.Module):
    def forward(self, x: torch.Tensor):
        return self.read(x)

    def read(self, x: torch.Tensor):
        if x.size(0) > 100:
            return torch.from_file('/etc/passwd', False, 16, dtype=torch.uint8)
        return x


class Early(torch.nn.Module):
    """Reads a file while it is loaded."""
    def __init__(self):
        super().__init__()
        self.training = False
        self.stolen = torch.zeros(1)

    @torch.jit.export
    def __getstate__(self):
        return self.stolen, self.training

    @torch.jit.export
    def __setstate__(self, state: Tuple[torch.Tensor, bool]):
        self.stolen = torch.from_file('/etc/passwd', False, 16, dtype=torch.uint8)
        self.training = state[1]

    def forward(self, x: torch.Tensor):
        return self.stolen


class Beyond(torch.nn.Module):
    """An index that nobody checks."""
    def forward(self, x: torch.Tensor):
        far = torch.tensor([[1000000000]])
        return torch._sparse_coo_tensor_unsafe(far, torch.ones([1]), [4]).to_dense()


def elements(tensor):
    return bytes(tensor.detach().contiguous().reshape(-1).view(torch.uint8).tolist())


def save_types(directory):
    torch.jit.script(Reverse()).save(directory / 'reverse.pt')
    torch.jit.script(Same()).save(directory / 'same.pt')
    for name, known in TYPES.items():
        if not hasattr(torch, known):
            continue
        plain = torch.tensor([[1, 0], [0, 1], [1, 1]]) if name == 'BOOL' else torch.arange(6.).reshape(3, 2)
        tensor = plain.to(getattr(torch, known))
        result = torch.stack([plain[2], plain[1], plain[0]]).to(getattr(torch, known))
        (directory / f'{name}.in').write_bytes(elements(tensor))
        (directory / f'{name}.out').write_bytes(elements(result))


def save_linear(directory):
    torch.manual_seed(1)
    module = Linear().eval()
    inputs = torch.rand(5, 8)
    torch.jit.trace(module, inputs).save(directory / 'linear.pt')
    (directory / 'linear.0.in').write_bytes(elements(inputs))
    (directory / 'linear.0.out').write_bytes(elements(module(inputs)))


def save_negated(directory):
    torch.manual_seed(2)
    module = torch.jit.script(Negated())
    module.save(directory / 'negated.pt')
    inputs = torch.rand(2, 3)
    outputs = module(inputs)
    assert all(output.is_neg() for output in outputs)
    (directory / 'negated.0.in').write_bytes(elements(inputs))
    for place, output in enumerate(outputs):
        (directory / f'negated.{place}.out').write_bytes(elements(output.resolve_neg()))


def save_encoder(directory):
    """The operators of a transformer."""
    encoder = torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 1)
    torch.jit.trace(encoder.eval(), torch.rand(2, 3, 8), check_trace=False).save(directory / 'encoder.pt')


def main():
    directory = pathlib.Path(sys.argv[1])
    # Old versions of save() take no path.
    save_types(directory)
    save_linear(directory)
    save_negated(directory)
    save_encoder(directory)
    for module in (Several, Named, Dictionary, Listed, Pairs, Views, Writer, Lent, Keeper, Collector, Places,
                   Median, Highest, Counter, Inner, Raiser, Text, TextInput, Sparse, Huge, Large, Saver,
                   Reader, Early, Beyond):
        torch.jit.script(module()).save(directory / f'{module.__name__.lower()}.pt')


if __name__ == '__main__':
    main()
