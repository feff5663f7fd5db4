/**
 * A page loads this before `vod-js-sdk-v6`, whose hosts are fixed: what the SDK sends to the cloud's hosts goes to the server that
 * the script came from. It works because browsers sign neither the host nor the path before the key.
 */
export const CLIENT_SCRIPT = `(function () {
  'use strict';
  var script = document.currentScript;
  var origin = new URL(script && script.src ? script.src : location.href, location.href).origin;
  var UPLOAD = /^https?:\\/\\/(?:vod2\\.(?:qcloud|dnsv1)\\.com|vodreport\\.qcloud\\.com)(\\/.*)$/;
  var STORAGE = /^https?:\\/\\/([a-z0-9-]+-\\d+)\\.cos\\.([a-z0-9-]+)\\.(?:myqcloud\\.com|tencentcos\\.cn)(?:\\/(.*))?$/;
  var open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, url) {
    var parameters = Array.prototype.slice.call(arguments);
    var upload = UPLOAD.exec(url);
    var storage = STORAGE.exec(url);
    if (upload) parameters[1] = origin + upload[1];
    if (storage) parameters[1] = origin + '/cos/' + storage[1] + '/' + storage[2] + '/' + (storage[3] || '');
    return open.apply(this, parameters);
  };
})();
`;
