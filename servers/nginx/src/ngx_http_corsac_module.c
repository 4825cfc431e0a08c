
/*
 * The directives and their inheritance.
 */

#include "ngx_http_corsac.h"


static ngx_int_t ngx_http_corsac_init(ngx_conf_t *cf);
static void *ngx_http_corsac_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_corsac_create_conf(ngx_conf_t *cf);
static char *ngx_http_corsac_merge_conf(ngx_conf_t *cf, void *parent, void *child);
static ngx_uint_t ngx_http_corsac_same(ngx_http_corsac_conf_t *one, ngx_http_corsac_conf_t *two);
static char *ngx_http_corsac_set_cors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


static ngx_conf_enum_t  ngx_http_corsac_upstream[] = {
    { ngx_string("override"), NGX_HTTP_CORSAC_OVERRIDE },
    { ngx_string("keep"), NGX_HTTP_CORSAC_KEEP },
    { ngx_null_string, 0 }
};


#define NGX_HTTP_CORSAC_ANYWHERE  (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF)

/* Directives that set an option of the policy: the offset is the option's number. */
#define ngx_http_corsac_option(name, arguments, set, option)                                                         \
    { ngx_string(name), NGX_HTTP_CORSAC_ANYWHERE|arguments, set, NGX_HTTP_LOC_CONF_OFFSET, option, NULL }

#define ngx_http_corsac_list(name, option)                                                                           \
    ngx_http_corsac_option(name, NGX_CONF_1MORE, ngx_http_corsac_set_list, option)

#define ngx_http_corsac_switch(name, option)                                                                         \
    ngx_http_corsac_option(name, NGX_CONF_FLAG, ngx_http_corsac_set_switch, option)


static ngx_command_t  ngx_http_corsac_commands[] = {

    { ngx_string("cors"),
      NGX_HTTP_CORSAC_ANYWHERE|NGX_CONF_FLAG,
      ngx_http_corsac_set_cors,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_corsac_conf_t, cors),
      NULL },

    { ngx_string("cors_guard"),
      NGX_HTTP_CORSAC_ANYWHERE|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_corsac_conf_t, guard),
      NULL },

    { ngx_string("cors_check_host"),
      NGX_HTTP_CORSAC_ANYWHERE|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_corsac_conf_t, check_host),
      NULL },

    { ngx_string("cors_upstream"),
      NGX_HTTP_CORSAC_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_corsac_conf_t, upstream),
      ngx_http_corsac_upstream },

    { ngx_string("cors_policy"),
      NGX_HTTP_CORSAC_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_corsac_set_image,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    ngx_http_corsac_list("cors_allow_origins", CORSAC_OPTION_ALLOW_ORIGINS),
    ngx_http_corsac_list("cors_allow_methods", CORSAC_OPTION_ALLOW_METHODS),
    ngx_http_corsac_list("cors_allow_headers", CORSAC_OPTION_ALLOW_HEADERS),
    ngx_http_corsac_list("cors_expose_headers", CORSAC_OPTION_EXPOSE_HEADERS),
    ngx_http_corsac_switch("cors_allow_credentials", CORSAC_OPTION_ALLOW_CREDENTIALS),
    ngx_http_corsac_option("cors_max_age", NGX_CONF_TAKE1, ngx_http_corsac_set_max_age, CORSAC_OPTION_MAX_AGE),
    ngx_http_corsac_switch("cors_allow_null_origin", CORSAC_OPTION_ALLOW_NULL_ORIGIN),
    ngx_http_corsac_switch("cors_allow_private_network", CORSAC_OPTION_ALLOW_PRIVATE_NETWORK),
    ngx_http_corsac_switch("cors_static_origin", CORSAC_OPTION_STATIC_ORIGIN),
    ngx_http_corsac_switch("cors_minimal_answers", CORSAC_OPTION_MINIMAL_ANSWERS),
    ngx_http_corsac_option("cors_preflight_status", NGX_CONF_TAKE1, ngx_http_corsac_set_preflight_status,
                           CORSAC_OPTION_PREFLIGHT_STATUS),
    ngx_http_corsac_switch("cors_timing_allow_origin", CORSAC_OPTION_TIMING_ALLOW_ORIGIN),
    ngx_http_corsac_list("cors_allow_hosts", CORSAC_OPTION_ALLOW_HOSTS),
    ngx_http_corsac_list("cors_allow_content_types", CORSAC_OPTION_ALLOW_CONTENT_TYPES),
    ngx_http_corsac_switch("cors_dangerously_allow_insecure_origins",
                           CORSAC_OPTION_DANGEROUSLY_ALLOW_INSECURE_ORIGINS),
    ngx_http_corsac_switch("cors_dangerously_allow_public_suffixes",
                           CORSAC_OPTION_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES),
    ngx_http_corsac_switch("cors_dangerously_allow_any_port", CORSAC_OPTION_DANGEROUSLY_ALLOW_ANY_PORT),

    ngx_null_command
};


static ngx_http_module_t  ngx_http_corsac_module_ctx = {
    ngx_http_corsac_add_variables,         /* preconfiguration */
    ngx_http_corsac_init,                  /* postconfiguration */

    ngx_http_corsac_create_main_conf,      /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_corsac_create_conf,           /* create location configuration */
    ngx_http_corsac_merge_conf             /* merge location configuration */
};


ngx_module_t  ngx_http_corsac_module = {
    NGX_MODULE_V1,
    &ngx_http_corsac_module_ctx,           /* module context */
    ngx_http_corsac_commands,              /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_corsac_init(ngx_conf_t *cf)
{
    corsac_text                   version;
    ngx_http_corsac_main_conf_t  *cmcf;

    if (corsac_abi() != CORSAC_ABI) {
        version = corsac_version();
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "the module was built for libcorsac %s, and this is %*s",
                           CORSAC_VERSION, version.length, version.bytes);
        return NGX_ERROR;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_corsac_module);

    return cmcf->active ? ngx_http_corsac_add_handlers(cf, cmcf->locations_differ) : NGX_OK;
}


static void *
ngx_http_corsac_create_main_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_corsac_main_conf_t));
}


static void *
ngx_http_corsac_create_conf(ngx_conf_t *cf)
{
    corsac_config            none = CORSAC_CONFIG_INIT;
    ngx_http_corsac_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_corsac_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->options = none;
    conf->source = conf;
    conf->cors = NGX_CONF_UNSET;
    conf->guard = NGX_CONF_UNSET;
    conf->check_host = NGX_CONF_UNSET;
    conf->upstream = NGX_CONF_UNSET_UINT;

    return conf;
}


static char *
ngx_http_corsac_merge_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_corsac_conf_t  *prev = parent;
    ngx_http_corsac_conf_t  *conf = child;

    ngx_http_corsac_main_conf_t  *cmcf;

    if (conf->cors == NGX_CONF_UNSET) {
        conf->cors_place = prev->cors_place;
    }

    ngx_conf_merge_value(conf->cors, prev->cors, 0);
    ngx_conf_merge_value(conf->guard, prev->guard, 0);
    ngx_conf_merge_value(conf->check_host, prev->check_host, 0);
    ngx_conf_merge_uint_value(conf->upstream, prev->upstream, NGX_HTTP_CORSAC_OVERRIDE);

    conf->active = conf->cors || conf->guard || conf->check_host;

    if (ngx_http_corsac_merge_options(cf, prev, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    /* What is not in use may be unfinished, such as lists that a server adds its origins to. */

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_corsac_module);

    if (conf->active) {
        cmcf->active = 1;

        if (ngx_http_corsac_compile(cf, conf) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }

    /* The level of http is nobody's child: what has it for a parent is a server. */

    conf->server = (prev->server != NULL) ? prev->server : conf;

    if (!ngx_http_corsac_same(conf, conf->server)) {
        conf->server->locations_differ = 1;
        cmcf->locations_differ = 1;
    }

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_http_corsac_same(ngx_http_corsac_conf_t *one, ngx_http_corsac_conf_t *two)
{
    if (!one->active && !two->active) {
        return 1;
    }

    return one->policy == two->policy
           && one->cors == two->cors
           && one->guard == two->guard
           && one->check_host == two->check_host
           && one->upstream == two->upstream;
}


static char *
ngx_http_corsac_set_cors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_corsac_conf_t  *ccf = conf;

    ccf->cors_place = ngx_http_corsac_here(cf);

    return ngx_conf_set_flag_slot(cf, cmd, conf);
}
