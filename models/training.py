# SPDX-License-Identifier: Apache-2.0
"""What the scripts that train the project's small networks share."""

import numpy
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED = 20240817
HELD_OUT = 360
GRAY_PER_LEVEL = 15


def make_deterministic():
    """One thread and fixed seeds: sums keep their order, so a second run gives the same bytes."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    numpy.random.seed(SEED)
    torch.manual_seed(SEED)


def load_scans():
    """As 8-bit gray pictures: training scans and their labels, held-out scans and theirs."""
    scans = load_digits()
    pictures = (scans.images * GRAY_PER_LEVEL).astype(numpy.uint8)
    training, held_out, training_labels, held_out_labels = train_test_split(
        pictures, scans.target, test_size=HELD_OUT, stratify=scans.target, random_state=SEED)
    return training, training_labels, held_out, held_out_labels


def train(network, loss_of, inputs, targets, epochs, batch=64, peak_rate=4e-3, vary=None):
    """Minimises loss_of(outputs, targets of the batch); `vary` may change each batch of inputs."""
    count = len(inputs)
    optimizer = torch.optim.AdamW(network.parameters(), lr=peak_rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, peak_rate, total_steps=epochs * (count // batch))
    network.train()
    for epoch in range(epochs):
        order = torch.randperm(count)
        total = 0.0
        for start in range(0, count - batch + 1, batch):
            chosen = order[start:start + batch]
            batch_inputs = inputs[chosen] if vary is None else vary(inputs[chosen])
            loss = loss_of(network(batch_inputs), [target[chosen] for target in targets])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * batch
        print(f'  epoch {epoch + 1:2} of {epochs}: loss {total / count:.4f}', flush=True)
    network.eval()


def export(network, input_shape, path, input_name, output_name):
    """Operator set 11 and a fixed batch of one: what OpenCV 4.6 reads without shape inference."""
    torch.onnx.export(network, torch.zeros(input_shape), str(path), opset_version=11,
                      input_names=[input_name], output_names=[output_name])
