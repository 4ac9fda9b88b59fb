// SPDX-License-Identifier: Apache-2.0
/*
 * gRPC, calls that block. Matrices are fields of bytes, which own their memory: they are copied
 * into one and out of one. The client's messages are used again from call to call.
 */
#include "peer.h"
#include "address.h"

#include <bench.grpc.pb.h>
#include <grpcpp/grpcpp.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <new>
#include <string>

namespace
{
constexpr int UNLIMITED = -1;

class calls final : public bench::Calls::Service
{
    grpc::Status Noop(grpc::ServerContext *, const bench::Nothing *, bench::Nothing *) override
    {
        return grpc::Status::OK;
    }

    grpc::Status Multiply(grpc::ServerContext *, const bench::Matrices *request,
                          bench::Matrix *answer) override
    {
        answer->mutable_c()->resize(request->a().size());
        return grpc::Status::OK;
    }
};

struct client {
    std::unique_ptr<bench::Calls::Stub> stub;
    bench::Matrices matrices;
    bench::Matrix result;
};

/* gRPC has its own word for unix sockets, and none for tcp. */
std::string name_of(const char *address)
{
    const char *prefix = std::strncmp(address, "unix:", 5) == 0 ? "unix:" : "";

    return std::string(prefix) + address_place(address);
}

int serve(const char *address)
{
    calls service;
    grpc::ServerBuilder builder;

    builder.AddListeningPort(name_of(address), grpc::InsecureServerCredentials());
    builder.SetMaxReceiveMessageSize(UNLIMITED);
    builder.SetMaxSendMessageSize(UNLIMITED);
    builder.RegisterService(&service);
    auto server = builder.BuildAndStart();
    if (!server)
        return EADDRNOTAVAIL;
    server->Wait();
    return ECANCELED;
}

void *connect_to(const char *address)
{
    grpc::ChannelArguments arguments;

    arguments.SetMaxReceiveMessageSize(UNLIMITED);
    arguments.SetMaxSendMessageSize(UNLIMITED);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    auto channel =
        grpc::CreateCustomChannel(name_of(address), grpc::InsecureChannelCredentials(), arguments);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(5)))
        return nullptr;
    return new (std::nothrow) client{bench::Calls::NewStub(channel), {}, {}};
}

void disconnect(void *context)
{
    delete static_cast<client *>(context);
}

int noop(void *context)
{
    grpc::ClientContext call;
    bench::Nothing answer;

    return static_cast<client *>(context)->stub->Noop(&call, {}, &answer).ok() ? 0 : EIO;
}

int multiply(void *context, const product *product)
{
    auto *own = static_cast<client *>(context);
    const size_t size = product_matrix_size(product);
    grpc::ClientContext call;

    own->matrices.set_a(product->a, size);
    own->matrices.set_b(product->b, size);
    if (!own->stub->Multiply(&call, own->matrices, &own->result).ok() ||
        own->result.c().size() != size)
        return EIO;
    std::memcpy(product->c, own->result.c().data(), size);
    return 0;
}
} // namespace

const struct peer peer = {
    "gRPC C++", false, serve, connect_to, disconnect, noop, multiply,
};
