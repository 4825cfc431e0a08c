/*
 * A server of libmicrohttpd that asks corsac about every request.
 *
 *   ./server [PORT]     PORT 0, or none, takes a free one
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cors.h"

/* The application, which knows nothing of CORS. What it says of it all the same, under /careless, is dropped. */
static struct MHD_Response *application(const char *url, const char *method, unsigned *status)
{
    static char items[] = "[\"one\", \"two\"]\n", nothing[] = "not found\n";
    int reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    int careless = strcmp(url, "/careless") == 0;
    int found = (careless || strcmp(url, "/items") == 0) && (reads || strcmp(method, "PUT") == 0);
    char *body = found ? items : nothing;
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_PERSISTENT);
    *status = found ? MHD_HTTP_OK : MHD_HTTP_NOT_FOUND;
    if (response != NULL && careless) {
        MHD_add_response_header(response, "access-control-allow-origin", "*");
        MHD_add_response_header(response, "Access-Control-Allow-Origin", "https://old.example.com");
        MHD_add_response_header(response, "Vary", "Accept-Encoding");
        MHD_add_response_header(response, "vary", "origin, Accept-Language");
    }
    return response;
}

static void say_why(uint8_t refusal)
{
    corsac_text name = corsac_refusal_name(refusal);
    corsac_text why = corsac_refusal_text(refusal);
    fprintf(stderr, "refused: %.*s: %.*s\n", (int)name.length, name.bytes, (int)why.length, why.bytes);
}

/* Called once when the fields of a request have come, then for each part of its body, and once when it is whole. */
static enum MHD_Result handle(void *policy, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **state)
{
    corsac_decision *decision = *state;
    struct MHD_Response *response;
    unsigned status;
    (void)version;
    (void)data;
    if (decision == NULL) {
        *state = decision = cors_decide(policy, connection, method);
        if (decision != NULL && decision->refusal != 0) {
            say_why(decision->refusal);
        }
        return decision != NULL ? MHD_YES : MHD_NO;
    }
    if (*size != 0) {
        *size = 0; /* this application takes no body */
        return MHD_YES;
    }
    status = decision->status;
    response = status != 0 ? MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT)
                           : application(url, method, &status);
    /* A response that cannot have its fields is not sent; the connection is closed. */
    enum MHD_Result queued = response != NULL && cors_apply(response, decision)
                                 ? MHD_queue_response(connection, status, response)
                                 : MHD_NO;
    if (response != NULL) {
        MHD_destroy_response(response);
    }
    return queued;
}

static void end(void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    (void)context;
    (void)connection;
    (void)why;
    free(*state);
}

static int open_policy(corsac_policy *policy)
{
    static const corsac_text origins[] = {CORSAC_TEXT("https://app.example.com")};
    static const corsac_text methods[] = {CORSAC_TEXT("PUT")};
    static const corsac_text headers[] = {CORSAC_TEXT("content-type"), CORSAC_TEXT("x-tag")};
    static uint8_t image[1024];
    corsac_config config = CORSAC_CONFIG_INIT;
    config.allow_origins.texts = origins;
    config.allow_origins.count = 1;
    config.allow_methods.texts = methods;
    config.allow_methods.count = 1;
    config.allow_headers.texts = headers;
    config.allow_headers.count = 2;

    size_t length;
    corsac_policy_error error;
    corsac_status status = corsac_policy_compile(&config, image, sizeof image, &length, &error);
    if (status == CORSAC_ERROR_POLICY) {
        char sentence[1024];
        corsac_describe_error(&config, &error, sentence, sizeof sentence, &length);
        fprintf(stderr, "server: %.*s\n", (int)length, sentence);
        return 0;
    }
    return status == CORSAC_OK && corsac_policy_open(image, length, policy) == CORSAC_OK;
}

int main(int argc, char **argv)
{
    corsac_policy policy;
    if (corsac_abi() != CORSAC_ABI || !open_policy(&policy)) {
        fprintf(stderr, "server: no policy\n");
        return 1;
    }
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons(argc > 1 ? (uint16_t)strtoul(argv[1], NULL, 10) : 0);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL); /* before there are threads, which inherit it */
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL, handle, &policy,
                         MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, end, NULL, MHD_OPTION_END);
    if (daemon == NULL) {
        fprintf(stderr, "server: cannot listen\n");
        return 1;
    }
    printf("listening on 127.0.0.1:%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    int signal;
    sigwait(&signals, &signal);
    MHD_stop_daemon(daemon);
    return 0;
}
