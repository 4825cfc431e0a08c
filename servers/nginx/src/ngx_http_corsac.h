
/*
 * What the parts of the module share.
 *
 *     ngx_http_corsac_module.c     the directives and their inheritance
 *     ngx_http_corsac_policy.c     from the directives to a policy, and what is wrong with them
 *     ngx_http_corsac_request.c    the decision, the answer to preflights, the fields of responses
 *     ngx_http_corsac_variables.c  what logs say
 */

#ifndef _NGX_HTTP_CORSAC_H_INCLUDED_
#define _NGX_HTTP_CORSAC_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <corsac.h>


/* Tables of options are indexed by CORSAC_OPTION_*, of which the first is 1. */
#define NGX_HTTP_CORSAC_OPTIONS  (CORSAC_OPTION_DANGEROUSLY_ALLOW_ANY_PORT + 1)

#define NGX_HTTP_CORSAC_OVERRIDE  0
#define NGX_HTTP_CORSAC_KEEP      1


/* Where the operator wrote something; line 0: nowhere. */
typedef struct {
    ngx_str_t                      file;
    ngx_uint_t                     line;
} ngx_http_corsac_place_t;


/* The entries of an option that has a list, and beside them where each was written. */
typedef struct {
    ngx_array_t                    texts;       /* corsac_text */
    ngx_array_t                    places;      /* ngx_http_corsac_place_t */
} ngx_http_corsac_list_t;


/* A policy, in memory of the configuration's cycle, which the workers share. */
typedef struct {
    corsac_policy                  policy;

    /* What is sent with a response to a request without Origin: it depends on the policy alone. */
    corsac_response_field         *fields;
    ngx_uint_t                     nfields;
} ngx_http_corsac_policy_t;


/* What the whole configuration needs of the module; without, requests do not meet it. */
typedef struct {
    unsigned                       active:1;
    unsigned                       locations_differ:1;
} ngx_http_corsac_main_conf_t;


typedef struct ngx_http_corsac_conf_s  ngx_http_corsac_conf_t;

struct ngx_http_corsac_conf_s {
    /* The options, after merging also those of outer levels. */
    corsac_config                  options;
    ngx_http_corsac_list_t        *lists[NGX_HTTP_CORSAC_OPTIONS];
    ngx_http_corsac_place_t        places[NGX_HTTP_CORSAC_OPTIONS];

    /* cors_policy */
    ngx_http_corsac_place_t        image_place;

    /* Compiled when the first location needs it; or the image of cors_policy. */
    ngx_http_corsac_policy_t      *policy;

    /* The level whose options make the policy: this one, or the next outer one that has options. */
    ngx_http_corsac_conf_t        *source;

    ngx_flag_t                     cors;
    ngx_flag_t                     guard;
    ngx_flag_t                     check_host;
    ngx_uint_t                     upstream;
    ngx_http_corsac_place_t        cors_place;

    /* Whether anything is on. */
    unsigned                       active:1;

    /* Of a server: whether a location in it does anything else than the server itself. */
    unsigned                       locations_differ:1;

    /* Of a source: whether the operator was told that no origin is allowed. */
    unsigned                       warned:1;

    ngx_http_corsac_conf_t        *server;
};


/* What was decided on a request. */
typedef struct {
    /* Nothing has to be cleaned up: it is what the decision is found by after an internal redirect. */
    ngx_pool_cleanup_t             cleanup;

    /* The location whose policy decided, and the one that asked cors_guard and cors_check_host last. */
    ngx_http_corsac_conf_t        *conf;
    ngx_http_corsac_conf_t        *screened;

    /* The method as it arrived: for an error page nginx makes it GET. */
    ngx_str_t                      method;

    corsac_response_field         *fields;
    ngx_uint_t                     nfields;

    /* As in corsac_decision. */
    ngx_uint_t                     status;
    u_char                         kind;
    u_char                         allowed;
    u_char                         refusal;
    u_char                         stopped_by;
} ngx_http_corsac_ctx_t;


/* A text that is there, if empty. */
static ngx_inline corsac_text
ngx_http_corsac_text(ngx_str_t *s)
{
    corsac_text  text;

    text.bytes = (s->data != NULL) ? (char *) s->data : "";
    text.length = s->len;

    return text;
}


/* ngx_http_corsac_policy.c */

char *ngx_http_corsac_set_list(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_corsac_set_switch(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_corsac_set_max_age(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_corsac_set_preflight_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_corsac_set_image(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_corsac_merge_options(ngx_conf_t *cf, ngx_http_corsac_conf_t *prev, ngx_http_corsac_conf_t *conf);
char *ngx_http_corsac_compile(ngx_conf_t *cf, ngx_http_corsac_conf_t *conf);
ngx_http_corsac_place_t ngx_http_corsac_here(ngx_conf_t *cf);

/* ngx_http_corsac_request.c */

ngx_int_t ngx_http_corsac_add_handlers(ngx_conf_t *cf, ngx_uint_t locations_differ);
ngx_http_corsac_ctx_t *ngx_http_corsac_find_ctx(ngx_http_request_t *r);
ngx_int_t ngx_http_corsac_collect(ngx_http_request_t *r, ngx_str_t *method, corsac_fields *fields);

/* ngx_http_corsac_variables.c */

ngx_int_t ngx_http_corsac_add_variables(ngx_conf_t *cf);

extern ngx_module_t  ngx_http_corsac_module;

/* Stands for the decision of a request whose location is not known yet. */
extern ngx_http_corsac_ctx_t  ngx_http_corsac_deferred;


/* The decision on the request; NULL: there is none yet. */
static ngx_inline ngx_http_corsac_ctx_t *
ngx_http_corsac_get_ctx(ngx_http_request_t *r)
{
    ngx_http_corsac_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_corsac_module);

    if (ctx != NULL) {
        return (ctx == &ngx_http_corsac_deferred) ? NULL : ctx;
    }

    return (r->internal || r->filter_finalize) ? ngx_http_corsac_find_ctx(r) : NULL;
}


#endif /* _NGX_HTTP_CORSAC_H_INCLUDED_ */
