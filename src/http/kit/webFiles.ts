import { join } from 'node:path';
import express, { type RequestHandler, type Router } from 'express';
import { CommslogError } from '../../errors.ts';

/**
 * The web app's files, open to all: there is nothing in them but the program. A path that is no file and no API path is
 * a page of the app, so it gets the app.
 */
export function webFiles(dir: string): Router {
  const router = express.Router();
  router.get(/^\/assets\/.+\.(?:js|css)$/, compressedAsset(dir));
  router.use(
    express.static(dir, {
      index: 'index.html',
      redirect: false,
      setHeaders: (response, path) => {
        // files under assets/ have their content's hash in their name
        const forever = path.startsWith(join(dir, 'assets/'));
        response.setHeader('Cache-Control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
  router.use(appPage(dir));
  return router;
}

/** Scripts and styles are built with a compressed twin; who cannot read it gets the file itself. */
function compressedAsset(dir: string): RequestHandler {
  return (request, response, next) => {
    response.vary('Accept-Encoding');
    if (request.acceptsEncodings('gzip') === false) return next();
    const type = request.path.endsWith('.js') ? 'text/javascript' : 'text/css';
    const headers = { 'Content-Encoding': 'gzip', 'Content-Type': `${type}; charset=utf-8` };
    response.sendFile(`${request.path}.gz`, { root: dir, headers, maxAge: '1y', immutable: true }, (error) => {
      if (error && !response.headersSent) next();
    });
  };
}

function appPage(dir: string): RequestHandler {
  return (request, response, next) => {
    const page =
      request.method === 'GET' && request.accepts(['json', 'html']) === 'html' && !/\.\w+$/.test(request.path);
    if (!page) throw new CommslogError('NOT_FOUND', 'There is nothing at this path.');
    response.setHeader('Cache-Control', 'no-cache');
    // without a root, nothing is sent from below a folder with a dot, as ~/.nvm is
    response.sendFile('index.html', { root: dir, cacheControl: false }, (error) => {
      if (error) next(new CommslogError('NOT_FOUND', 'The web app is not installed here.', { cause: error }));
    });
  };
}
