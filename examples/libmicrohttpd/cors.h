/* Between libmicrohttpd and corsac: to be copied into a server as it is. */
#ifndef CORS_H
#define CORS_H

#include <corsac.h>
#include <microhttpd.h>

/*
 * Decides on a request, when its fields have come. The decision is to be freed, and is good until the request has
 * ended. NULL: there is no memory.
 */
corsac_decision *cors_decide(const corsac_policy *policy, struct MHD_Connection *connection, const char *method);

/*
 * Puts the fields of a decision on a response, whatever its status, in place of those that the application has set;
 * Vary is merged. The response is this request's own, since the fields differ from one origin to the next. 0: there is
 * no memory, and the response must not be sent.
 */
int cors_apply(struct MHD_Response *response, const corsac_decision *decision);

#endif
