// preact 10.29.8, @sabaki/shudan 1.7.1, classnames 2.5.1:
// see LICENSE.txt. Made by play/web/bundle/bundle.sh.
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e3) {
    throw mod = 0, e3;
  }
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));

// node_modules/classnames/index.js
var require_classnames = __commonJS({
  "node_modules/classnames/index.js"(exports, module) {
    (function() {
      "use strict";
      var hasOwn = {}.hasOwnProperty;
      function classNames() {
        var classes = "";
        for (var i3 = 0; i3 < arguments.length; i3++) {
          var arg = arguments[i3];
          if (arg) {
            classes = appendClass(classes, parseValue(arg));
          }
        }
        return classes;
      }
      function parseValue(arg) {
        if (typeof arg === "string" || typeof arg === "number") {
          return arg;
        }
        if (typeof arg !== "object") {
          return "";
        }
        if (Array.isArray(arg)) {
          return classNames.apply(null, arg);
        }
        if (arg.toString !== Object.prototype.toString && !arg.toString.toString().includes("[native code]")) {
          return arg.toString();
        }
        var classes = "";
        for (var key in arg) {
          if (hasOwn.call(arg, key) && arg[key]) {
            classes = appendClass(classes, key);
          }
        }
        return classes;
      }
      function appendClass(value, newClass) {
        if (!newClass) {
          return value;
        }
        if (value) {
          return value + " " + newClass;
        }
        return value + newClass;
      }
      if (typeof module !== "undefined" && module.exports) {
        classNames.default = classNames;
        module.exports = classNames;
      } else if (typeof define === "function" && typeof define.amd === "object" && define.amd) {
        define("classnames", [], function() {
          return classNames;
        });
      } else {
        window.classNames = classNames;
      }
    })();
  }
});

// node_modules/preact/dist/preact.module.js
var n;
var l;
var u;
var t;
var i;
var r;
var o;
var e;
var f;
var c;
var a;
var s;
var h;
var p;
var v;
var y;
var d = {};
var w = [];
var _ = /acit|ex(?:s|g|n|p|$)|rph|grid|ows|mnc|ntw|ine[ch]|zoo|^ord|itera/i;
var g = Array.isArray;
function m(n2, l3) {
  for (var u3 in l3) n2[u3] = l3[u3];
  return n2;
}
function b(n2) {
  n2 && n2.parentNode && n2.parentNode.removeChild(n2);
}
function k(l3, u3, t3) {
  var i3, r3, o3, e3 = {};
  for (o3 in u3) "key" == o3 ? i3 = u3[o3] : "ref" == o3 ? r3 = u3[o3] : e3[o3] = u3[o3];
  if (arguments.length > 2 && (e3.children = arguments.length > 3 ? n.call(arguments, 2) : t3), "function" == typeof l3 && null != l3.defaultProps) for (o3 in l3.defaultProps) void 0 === e3[o3] && (e3[o3] = l3.defaultProps[o3]);
  return x(l3, e3, i3, r3, null);
}
function x(n2, t3, i3, r3, o3) {
  var e3 = { type: n2, props: t3, key: i3, ref: r3, __k: null, __: null, __b: 0, __e: null, __c: null, constructor: void 0, __v: null == o3 ? ++u : o3, __i: -1, __u: 0 };
  return null == o3 && null != l.vnode && l.vnode(e3), e3;
}
function S(n2) {
  return n2.children;
}
function C(n2, l3) {
  this.props = n2, this.context = l3;
}
function $(n2, l3) {
  if (null == l3) return n2.__ ? $(n2.__, n2.__i + 1) : null;
  for (var u3; l3 < n2.__k.length; l3++) if (null != (u3 = n2.__k[l3]) && null != u3.__e) return u3.__e;
  return "function" == typeof n2.type ? $(n2) : null;
}
function I(n2) {
  if (n2.__P && n2.__d) {
    var u3 = n2.__v, t3 = u3.__e, i3 = [], r3 = [], o3 = m({}, u3);
    o3.__v = u3.__v + 1, l.vnode && l.vnode(o3), q(n2.__P, o3, u3, n2.__n, n2.__P.namespaceURI, 32 & u3.__u ? [t3] : null, i3, null == t3 ? $(u3) : t3, !!(32 & u3.__u), r3), o3.__v = u3.__v, o3.__.__k[o3.__i] = o3, D(i3, o3, r3), u3.__e = u3.__ = null, o3.__e != t3 && P(o3);
  }
}
function P(n2) {
  if (null != (n2 = n2.__) && null != n2.__c) return n2.__e = n2.__c.base = null, n2.__k.some(function(l3) {
    if (null != l3 && null != l3.__e) return n2.__e = n2.__c.base = l3.__e;
  }), P(n2);
}
function A(n2) {
  (!n2.__d && (n2.__d = true) && i.push(n2) && !H.__r++ || r != l.debounceRendering) && ((r = l.debounceRendering) || o)(H);
}
function H() {
  try {
    for (var n2, l3 = 1; i.length; ) i.length > l3 && i.sort(e), n2 = i.shift(), l3 = i.length, I(n2);
  } finally {
    i.length = H.__r = 0;
  }
}
function L(n2, l3, u3, t3, i3, r3, o3, e3, f3, c3, a3) {
  var s3, h2, p3, v3, y2, _2, g2 = t3 && t3.__k || w, m3 = l3.length;
  for (f3 = T(u3, l3, g2, f3, m3), s3 = 0; s3 < m3; s3++) null != (p3 = u3.__k[s3]) && (h2 = -1 != p3.__i && g2[p3.__i] || d, p3.__i = s3, _2 = q(n2, p3, h2, i3, r3, o3, e3, f3, c3, a3), v3 = p3.__e, p3.ref && h2.ref != p3.ref && (h2.ref && J(h2.ref, null, p3), a3.push(p3.ref, p3.__c || v3, p3)), null == y2 && null != v3 && (y2 = v3), 4 & p3.__u ? (f3 = j(p3, f3, n2), h2.__e && (h2.__e = null)) : "function" == typeof p3.type && void 0 !== _2 ? f3 = _2 : v3 && (f3 = v3.nextSibling), p3.__u &= -7);
  return u3.__e = y2, f3;
}
function T(n2, l3, u3, t3, i3) {
  var r3, o3, e3, f3, c3, a3 = u3.length, s3 = a3, h2 = 0;
  for (n2.__k = new Array(i3), r3 = 0; r3 < i3; r3++) null != (o3 = l3[r3]) && "boolean" != typeof o3 && "function" != typeof o3 ? ("string" == typeof o3 || "number" == typeof o3 || "bigint" == typeof o3 || o3.constructor == String ? o3 = n2.__k[r3] = x(null, o3, null, null, null) : g(o3) ? o3 = n2.__k[r3] = x(S, { children: o3 }, null, null, null) : void 0 === o3.constructor && o3.__b > 0 ? o3 = n2.__k[r3] = x(o3.type, o3.props, o3.key, o3.ref ? o3.ref : null, o3.__v) : n2.__k[r3] = o3, f3 = r3 + h2, o3.__ = n2, o3.__b = n2.__b + 1, e3 = null, -1 != (c3 = o3.__i = O(o3, u3, f3, s3)) && (s3--, (e3 = u3[c3]) && (e3.__u |= 2)), null == e3 || null == e3.__v ? (-1 == c3 && (i3 > a3 ? h2-- : i3 < a3 && h2++), "function" != typeof o3.type && (o3.__u |= 4)) : c3 != f3 && (c3 == f3 - 1 ? h2-- : c3 == f3 + 1 ? h2++ : (c3 > f3 ? h2-- : h2++, o3.__u |= 4))) : n2.__k[r3] = null;
  if (s3) for (r3 = 0; r3 < a3; r3++) null != (e3 = u3[r3]) && 0 == (2 & e3.__u) && (e3.__e == t3 && (t3 = $(e3)), K(e3, e3));
  return t3;
}
function j(n2, l3, u3) {
  var t3, i3;
  if ("function" == typeof n2.type) {
    for (t3 = n2.__k, i3 = 0; t3 && i3 < t3.length; i3++) t3[i3] && (t3[i3].__ = n2, l3 = j(t3[i3], l3, u3));
    return l3;
  }
  n2.__e != l3 && (l3 && n2.type && !l3.parentNode && (l3 = $(n2)), l3 = u3.insertBefore(n2.__e, l3 || null));
  do {
    l3 = l3 && l3.nextSibling;
  } while (null != l3 && 8 == l3.nodeType);
  return l3;
}
function O(n2, l3, u3, t3) {
  var i3, r3, o3, e3 = n2.key, f3 = n2.type, c3 = l3[u3], a3 = null != c3 && 0 == (2 & c3.__u);
  if (null === c3 && null == e3 || a3 && e3 == c3.key && f3 == c3.type) return u3;
  if (t3 > (a3 ? 1 : 0)) {
    for (i3 = u3 - 1, r3 = u3 + 1; i3 >= 0 || r3 < l3.length; ) if (null != (c3 = l3[o3 = i3 >= 0 ? i3-- : r3++]) && 0 == (2 & c3.__u) && e3 == c3.key && f3 == c3.type) return o3;
  }
  return -1;
}
function z(n2, l3, u3) {
  "-" == l3[0] ? n2.setProperty(l3, null == u3 ? "" : u3) : n2[l3] = null == u3 ? "" : "number" != typeof u3 || _.test(l3) ? u3 : u3 + "px";
}
function N(n2, l3, u3, t3, i3) {
  var r3, o3;
  n: if ("style" == l3) if ("string" == typeof u3) n2.style.cssText = u3;
  else {
    if ("string" == typeof t3 && (n2.style.cssText = t3 = ""), t3) for (l3 in t3) u3 && l3 in u3 || z(n2.style, l3, "");
    if (u3) for (l3 in u3) t3 && u3[l3] == t3[l3] || z(n2.style, l3, u3[l3]);
  }
  else if ("o" == l3[0] && "n" == l3[1]) r3 = l3 != (l3 = l3.replace(s, "$1")), o3 = l3.toLowerCase(), l3 = o3 in n2 || "onFocusOut" == l3 || "onFocusIn" == l3 ? o3.slice(2) : l3.slice(2), n2.l || (n2.l = {}), n2.l[l3 + r3] = u3, u3 ? t3 ? u3[a] = t3[a] : (u3[a] = h, n2.addEventListener(l3, r3 ? v : p, r3)) : n2.removeEventListener(l3, r3 ? v : p, r3);
  else {
    if ("http://www.w3.org/2000/svg" == i3) l3 = l3.replace(/xlink(H|:h)/, "h").replace(/sName$/, "s");
    else if ("width" != l3 && "height" != l3 && "href" != l3 && "list" != l3 && "form" != l3 && "tabIndex" != l3 && "download" != l3 && "rowSpan" != l3 && "colSpan" != l3 && "role" != l3 && "popover" != l3 && l3 in n2) try {
      n2[l3] = null == u3 ? "" : u3;
      break n;
    } catch (n3) {
    }
    "function" == typeof u3 || (null == u3 || false === u3 && "-" != l3[4] ? n2.removeAttribute(l3) : n2.setAttribute(l3, "popover" == l3 && 1 == u3 ? "" : u3));
  }
}
function V(n2) {
  return function(u3) {
    if (this.l) {
      var t3 = this.l[u3.type + n2];
      if (null == u3[c]) u3[c] = h++;
      else if (u3[c] < t3[a]) return;
      return t3(l.event ? l.event(u3) : u3);
    }
  };
}
function q(n2, u3, t3, i3, r3, o3, e3, f3, c3, a3) {
  var s3, h2, p3, v3, y2, d2, _2, k3, x2, M, I2, P2, A2, H2, T3, j3, F = u3.type;
  if (void 0 !== u3.constructor) return null;
  128 & t3.__u && (c3 = !!(32 & t3.__u), o3 = [f3 = u3.__e = t3.__e]), (s3 = l.__b) && s3(u3);
  n: if ("function" == typeof F) {
    h2 = e3.length;
    try {
      if (x2 = u3.props, M = F.prototype && F.prototype.render, I2 = (s3 = F.contextType) && i3[s3.__c], P2 = s3 ? I2 ? I2.props.value : s3.__ : i3, t3.__c ? k3 = (p3 = u3.__c = t3.__c).__ = p3.__E : (M ? u3.__c = p3 = new F(x2, P2) : (u3.__c = p3 = new C(x2, P2), p3.constructor = F, p3.render = Q), I2 && I2.sub(p3), p3.state || (p3.state = {}), p3.__n = i3, v3 = p3.__d = true, p3.__h = [], p3._sb = []), M && null == p3.__s && (p3.__s = p3.state), M && null != F.getDerivedStateFromProps && (p3.__s == p3.state && (p3.__s = m({}, p3.__s)), m(p3.__s, F.getDerivedStateFromProps(x2, p3.__s))), y2 = p3.props, d2 = p3.state, p3.__v = u3, v3) M && null == F.getDerivedStateFromProps && null != p3.componentWillMount && p3.componentWillMount(), M && null != p3.componentDidMount && p3.__h.push(p3.componentDidMount);
      else {
        if (M && null == F.getDerivedStateFromProps && x2 !== y2 && null != p3.componentWillReceiveProps && p3.componentWillReceiveProps(x2, P2), u3.__v == t3.__v || !p3.__e && null != p3.shouldComponentUpdate && false === p3.shouldComponentUpdate(x2, p3.__s, P2)) {
          u3.__v != t3.__v && (p3.props = x2, p3.state = p3.__s, p3.__d = false), u3.__e = t3.__e, u3.__k = t3.__k, u3.__k.some(function(n3) {
            n3 && (n3.__ = u3);
          }), w.push.apply(p3.__h, p3._sb), p3._sb = [], p3.__h.length && e3.push(p3), f3 = $(t3);
          break n;
        }
        null != p3.componentWillUpdate && p3.componentWillUpdate(x2, p3.__s, P2), M && null != p3.componentDidUpdate && p3.__h.push(function() {
          p3.componentDidUpdate(y2, d2, _2);
        });
      }
      if (p3.context = P2, p3.props = x2, p3.__P = n2, p3.__e = false, A2 = l.__r, H2 = 0, M) p3.state = p3.__s, p3.__d = false, A2 && A2(u3), s3 = p3.render(p3.props, p3.state, p3.context), w.push.apply(p3.__h, p3._sb), p3._sb = [];
      else do {
        p3.__d = false, A2 && A2(u3), s3 = p3.render(p3.props, p3.state, p3.context), p3.state = p3.__s;
      } while (p3.__d && ++H2 < 25);
      p3.state = p3.__s, null != p3.getChildContext && (i3 = m(m({}, i3), p3.getChildContext())), M && !v3 && null != p3.getSnapshotBeforeUpdate && (_2 = p3.getSnapshotBeforeUpdate(y2, d2)), T3 = null != s3 && s3.type === S && null == s3.key ? E(s3.props.children) : s3, f3 = L(n2, g(T3) ? T3 : [T3], u3, t3, i3, r3, o3, e3, f3, c3, a3), p3.base = u3.__e, u3.__u &= -161, p3.__h.length && e3.push(p3), k3 && (p3.__E = p3.__ = null);
    } catch (n3) {
      if (e3.length = h2, u3.__v = null, c3 || null != o3) {
        if (n3.then) {
          for (u3.__u |= c3 ? 160 : 128; f3 && 8 == f3.nodeType && f3.nextSibling; ) f3 = f3.nextSibling;
          null != o3 && (o3[o3.indexOf(f3)] = null), u3.__e = f3;
        } else if (null != o3) for (j3 = o3.length; j3--; ) b(o3[j3]);
      } else u3.__e = t3.__e;
      null == u3.__k && (u3.__k = t3.__k || []), n3.then || B(u3), l.__e(n3, u3, t3);
    }
  } else null == o3 && u3.__v == t3.__v ? (u3.__k = t3.__k, u3.__e = t3.__e) : f3 = u3.__e = G(t3.__e, u3, t3, i3, r3, o3, e3, c3, a3);
  return (s3 = l.diffed) && s3(u3), 128 & u3.__u ? void 0 : f3;
}
function B(n2) {
  n2 && (n2.__c && (n2.__c.__e = true), n2.__k && n2.__k.some(B));
}
function D(n2, u3, t3) {
  for (var i3 = 0; i3 < t3.length; i3++) J(t3[i3], t3[++i3], t3[++i3]);
  l.__c && l.__c(u3, n2), n2.some(function(u4) {
    try {
      n2 = u4.__h, u4.__h = [], n2.some(function(n3) {
        n3.call(u4);
      });
    } catch (n3) {
      l.__e(n3, u4.__v);
    }
  });
}
function E(n2) {
  return "object" != typeof n2 || null == n2 || n2.__b > 0 ? n2 : g(n2) ? n2.map(E) : void 0 !== n2.constructor ? null : m({}, n2);
}
function G(u3, t3, i3, r3, o3, e3, f3, c3, a3) {
  var s3, h2, p3, v3, y2, w3, _2, m3 = i3.props || d, k3 = t3.props, x2 = t3.type;
  if ("svg" == x2 ? o3 = "http://www.w3.org/2000/svg" : "math" == x2 ? o3 = "http://www.w3.org/1998/Math/MathML" : o3 || (o3 = "http://www.w3.org/1999/xhtml"), null != e3) {
    for (s3 = 0; s3 < e3.length; s3++) if ((y2 = e3[s3]) && "setAttribute" in y2 == !!x2 && (x2 ? y2.localName == x2 : 3 == y2.nodeType)) {
      u3 = y2, e3[s3] = null;
      break;
    }
  }
  if (null == u3) {
    if (null == x2) return document.createTextNode(k3);
    u3 = document.createElementNS(o3, x2, k3.is && k3), c3 && (l.__m && l.__m(t3, e3), c3 = false), e3 = null;
  }
  if (null == x2) m3 === k3 || c3 && u3.data == k3 || (u3.data = k3);
  else {
    if (e3 = "textarea" == x2 && null != k3.defaultValue ? null : e3 && n.call(u3.childNodes), !c3 && null != e3) for (m3 = {}, s3 = 0; s3 < u3.attributes.length; s3++) m3[(y2 = u3.attributes[s3]).name] = y2.value;
    for (s3 in m3) y2 = m3[s3], "dangerouslySetInnerHTML" == s3 ? p3 = y2 : "children" == s3 || s3 in k3 || "value" == s3 && "defaultValue" in k3 || "checked" == s3 && "defaultChecked" in k3 || N(u3, s3, null, y2, o3);
    for (s3 in k3) y2 = k3[s3], "children" == s3 ? v3 = y2 : "dangerouslySetInnerHTML" == s3 ? h2 = y2 : "value" == s3 ? w3 = y2 : "checked" == s3 ? _2 = y2 : c3 && "function" != typeof y2 || m3[s3] === y2 || N(u3, s3, y2, m3[s3], o3);
    if (h2) c3 || p3 && (h2.__html == p3.__html || h2.__html == u3.innerHTML) || (u3.innerHTML = h2.__html), t3.__k = [];
    else if (p3 && (u3.innerHTML = ""), L("template" == t3.type ? u3.content : u3, g(v3) ? v3 : [v3], t3, i3, r3, "foreignObject" == x2 ? "http://www.w3.org/1999/xhtml" : o3, e3, f3, e3 ? e3[0] : i3.__k && $(i3, 0), c3, a3), null != e3) for (s3 = e3.length; s3--; ) b(e3[s3]);
    c3 && "textarea" != x2 || (s3 = "value", "progress" == x2 && null == w3 ? u3.removeAttribute("value") : null != w3 && (w3 !== u3[s3] || "progress" == x2 && !w3 || "option" == x2 && w3 != m3[s3]) && N(u3, s3, w3, m3[s3], o3), s3 = "checked", null != _2 && _2 != u3[s3] && N(u3, s3, _2, m3[s3], o3));
  }
  return u3;
}
function J(n2, u3, t3) {
  try {
    if ("function" == typeof n2) {
      var i3 = "function" == typeof n2.__u;
      i3 && n2.__u(), i3 && null == u3 || (n2.__u = n2(u3));
    } else n2.current = u3;
  } catch (n3) {
    l.__e(n3, t3);
  }
}
function K(n2, u3, t3) {
  var i3, r3;
  if (l.unmount && l.unmount(n2), (i3 = n2.ref) && (i3.current && i3.current != n2.__e || J(i3, null, u3)), null != (i3 = n2.__c)) {
    if (i3.componentWillUnmount) try {
      i3.componentWillUnmount();
    } catch (n3) {
      l.__e(n3, u3);
    }
    i3.base = i3.__P = i3.__n = null;
  }
  if (i3 = n2.__k) for (r3 = 0; r3 < i3.length; r3++) i3[r3] && K(i3[r3], u3, t3 || "function" != typeof n2.type);
  t3 || b(n2.__e), n2.__c = n2.__ = n2.__e = void 0;
}
function Q(n2, l3, u3) {
  return this.constructor(n2, u3);
}
function R(u3, t3, i3) {
  var r3, o3, e3, f3;
  t3 == document && (t3 = document.documentElement), l.__ && l.__(u3, t3), o3 = (r3 = "function" == typeof i3) ? null : i3 && i3.__k || t3.__k, e3 = [], f3 = [], q(t3, u3 = (!r3 && i3 || t3).__k = k(S, null, [u3]), o3 || d, d, t3.namespaceURI, !r3 && i3 ? [i3] : o3 ? null : t3.firstChild ? n.call(t3.childNodes) : null, e3, !r3 && i3 ? i3 : o3 ? o3.__e : t3.firstChild, r3, f3), D(e3, u3, f3), u3.props.children = null;
}
n = w.slice, l = { __e: function(n2, l3, u3, t3) {
  for (var i3, r3, o3; l3 = l3.__; ) if ((i3 = l3.__c) && !i3.__) try {
    if ((r3 = i3.constructor) && null != r3.getDerivedStateFromError && (i3.setState(r3.getDerivedStateFromError(n2)), o3 = i3.__d), null != i3.componentDidCatch && (i3.componentDidCatch(n2, t3 || {}), o3 = i3.__d), o3) return i3.__E = i3;
  } catch (l4) {
    n2 = l4;
  }
  throw n2;
} }, u = 0, t = function(n2) {
  return null != n2 && void 0 === n2.constructor;
}, C.prototype.setState = function(n2, l3) {
  var u3;
  u3 = null != this.__s && this.__s != this.state ? this.__s : this.__s = m({}, this.state), "function" == typeof n2 && (n2 = n2(m({}, u3), this.props)), n2 && m(u3, n2), null != n2 && this.__v && (l3 && this._sb.push(l3), A(this));
}, C.prototype.forceUpdate = function(n2) {
  this.__v && (this.__e = true, n2 && this.__h.push(n2), A(this));
}, C.prototype.render = S, i = [], o = "function" == typeof Promise ? Promise.prototype.then.bind(Promise.resolve()) : setTimeout, e = function(n2, l3) {
  return n2.__v.__b - l3.__v.__b;
}, H.__r = 0, f = Math.random().toString(8), c = "__d" + f, a = "__a" + f, s = /(PointerCapture)$|Capture$/i, h = 0, p = V(false), v = V(true), y = 0;

// node_modules/@sabaki/shudan/src/Goban.js
var import_classnames2 = __toESM(require_classnames());

// node_modules/@sabaki/shudan/src/helper.js
var alpha = "ABCDEFGHJKLMNOPQRSTUVWXYZ";
var vertexEvents = [
  "Click",
  "MouseDown",
  "MouseUp",
  "MouseMove",
  "MouseEnter",
  "MouseLeave",
  "PointerDown",
  "PointerUp",
  "PointerMove",
  "PointerEnter",
  "PointerLeave"
];
var avg = (xs) => xs.length === 0 ? 0 : xs.reduce((sum, x2) => sum + x2, 0) / xs.length;
var range = (n2) => Array(n2).fill(0).map((_2, i3) => i3);
var random = (n2) => Math.floor(Math.random() * (n2 + 1));
var neighborhood = ([x2, y2]) => [
  [x2, y2],
  [x2 - 1, y2],
  [x2 + 1, y2],
  [x2, y2 - 1],
  [x2, y2 + 1]
];
var vertexEquals = ([x1, y1], [x2, y2]) => x1 === x2 && y1 === y2;
var signEquals = (...xs) => xs.length === 0 ? true : xs.every((x2) => Math.sign(x2) === Math.sign(xs[0]));
function getHoshis(width, height) {
  if (Math.min(width, height) <= 6) return [];
  let [nearX, nearY] = [width, height].map((x2) => x2 >= 13 ? 3 : 2);
  let [farX, farY] = [width - nearX - 1, height - nearY - 1];
  let [middleX, middleY] = [width, height].map((x2) => (x2 - 1) / 2);
  let result = [
    [nearX, farY],
    [farX, nearY],
    [farX, farY],
    [nearX, nearY]
  ];
  if (width % 2 !== 0 && height % 2 !== 0 && width !== 7 && height !== 7)
    result.push([middleX, middleY]);
  if (width % 2 !== 0 && width !== 7)
    result.push([middleX, nearY], [middleX, farY]);
  if (height % 2 !== 0 && height !== 7)
    result.push([nearX, middleY], [farX, middleY]);
  return result;
}
function readjustShifts(shiftMap, vertex = null) {
  if (vertex == null) {
    for (let y2 = 0; y2 < shiftMap.length; y2++) {
      for (let x2 = 0; x2 < shiftMap[0].length; x2++) {
        readjustShifts(shiftMap, [x2, y2]);
      }
    }
  } else {
    let [x2, y2] = vertex;
    let direction = shiftMap[y2][x2];
    let data = [
      // Left
      [
        [1, 5, 8],
        [x2 - 1, y2],
        [3, 7, 6]
      ],
      // Top
      [
        [2, 5, 6],
        [x2, y2 - 1],
        [4, 7, 8]
      ],
      // Right
      [
        [3, 7, 6],
        [x2 + 1, y2],
        [1, 5, 8]
      ],
      // Bottom
      [
        [4, 7, 8],
        [x2, y2 + 1],
        [2, 5, 6]
      ]
    ];
    for (let [directions, [qx, qy], removeShifts] of data) {
      if (!directions.includes(direction)) continue;
      if (shiftMap[qy] && removeShifts.includes(shiftMap[qy][qx])) {
        shiftMap[qy][qx] = 0;
      }
    }
  }
  return shiftMap;
}
function diffSignMap(before, after) {
  if (before === after || before.length === 0 || before.length !== after.length || before[0].length !== after[0].length) {
    return [];
  }
  let result = [];
  for (let y2 = 0; y2 < before.length; y2++) {
    for (let x2 = 0; x2 < before[0].length; x2++) {
      if (before[y2][x2] === 0 && after[y2] != null && after[y2][x2]) {
        result.push([x2, y2]);
      }
    }
  }
  return result;
}

// node_modules/@sabaki/shudan/src/Coord.js
var CoordX = class extends C {
  render() {
    let {
      style,
      xs,
      coordX = (i3) => alpha[i3] || alpha[alpha.length - 1]
    } = this.props;
    return k(
      "div",
      {
        className: "shudan-coordx",
        style: {
          display: "flex",
          textAlign: "center",
          ...style
        }
      },
      xs.map(
        (i3) => k(
          "div",
          { key: i3, style: { width: "1em" } },
          k("span", { style: { display: "block" } }, coordX(i3))
        )
      )
    );
  }
};
var CoordY = class extends C {
  render() {
    let { style, height, ys, coordY = (i3) => height - i3 } = this.props;
    return k(
      "div",
      {
        className: "shudan-coordy",
        style: {
          textAlign: "center",
          ...style
        }
      },
      ys.map(
        (i3) => k(
          "div",
          { key: i3, style: { height: "1em" } },
          k("span", { style: { display: "block" } }, coordY(i3))
        )
      )
    );
  }
};

// node_modules/@sabaki/shudan/src/Grid.js
var Grid = class extends C {
  shouldComponentUpdate(nextProps) {
    return nextProps.vertexSize !== this.props.vertexSize || nextProps.width !== this.props.width || nextProps.height !== this.props.height || nextProps.xs.length !== this.props.xs.length || nextProps.ys.length !== this.props.ys.length || nextProps.xs[0] !== this.props.xs[0] || nextProps.ys[0] !== this.props.ys[0];
  }
  render() {
    let { vertexSize, width, height, xs, ys, hoshis } = this.props;
    let halfVertexSize = vertexSize / 2;
    return xs.length > 0 && ys.length > 0 && k(
      "svg",
      {
        className: "shudan-grid",
        style: {
          position: "absolute",
          top: 0,
          left: 0,
          width: "100%",
          height: "100%",
          zIndex: 0
        }
      },
      // Draw grid lines
      ys.map((_2, i3) => {
        let x2 = xs[0] === 0 ? halfVertexSize : 0;
        return k("rect", {
          key: `h${i3}`,
          className: "shudan-gridline shudan-horizontal",
          x: x2,
          y: (2 * i3 + 1) * halfVertexSize,
          width: xs[xs.length - 1] === width - 1 ? (2 * xs.length - 1) * halfVertexSize - x2 : xs.length * vertexSize - x2,
          height: 1
        });
      }),
      xs.map((_2, i3) => {
        let y2 = ys[0] === 0 ? halfVertexSize : 0;
        return k("rect", {
          key: `v${i3}`,
          className: "shudan-gridline shudan-vertical",
          x: (2 * i3 + 1) * halfVertexSize,
          y: y2,
          width: 1,
          height: ys[ys.length - 1] === height - 1 ? (2 * ys.length - 1) * halfVertexSize - y2 : ys.length * vertexSize - y2
        });
      }),
      // Draw hoshi points
      hoshis.map(([x2, y2]) => {
        let i3 = xs.indexOf(x2);
        let j3 = ys.indexOf(y2);
        if (i3 < 0 || j3 < 0) return;
        return k("circle", {
          key: [x2, y2].join("-"),
          className: "shudan-hoshi",
          cx: (2 * i3 + 1) * halfVertexSize + 0.5,
          cy: (2 * j3 + 1) * halfVertexSize + 0.5,
          r: ".1em"
        });
      })
    );
  }
};

// node_modules/preact/hooks/dist/hooks.module.js
var t2;
var r2;
var u2;
var i2;
var o2 = 0;
var f2 = [];
var c2 = l;
var e2 = c2.__b;
var a2 = c2.__r;
var v2 = c2.diffed;
var l2 = c2.__c;
var m2 = c2.unmount;
var p2 = c2.__;
function s2(n2, t3) {
  c2.__h && c2.__h(r2, n2, o2 || t3), o2 = 0;
  var u3 = r2.__H || (r2.__H = { __: [], __h: [] });
  return n2 >= u3.__.length && u3.__.push({}), u3.__[n2];
}
function T2(n2, r3) {
  var u3 = s2(t2++, 7);
  return C2(u3.__H, r3) && (u3.__ = n2(), u3.__H = r3, u3.__h = n2), u3.__;
}
function q2(n2, t3) {
  return o2 = 8, T2(function() {
    return n2;
  }, t3);
}
function j2() {
  for (var n2; n2 = f2.shift(); ) {
    var t3 = n2.__H;
    if (n2.__P && t3) try {
      t3.__h.some(z2), t3.__h.some(B2), t3.__h = [];
    } catch (r3) {
      t3.__h = [], c2.__e(r3, n2.__v);
    }
  }
}
c2.__b = function(n2) {
  r2 = null, e2 && e2(n2);
}, c2.__ = function(n2, t3) {
  n2 && t3.__k && t3.__k.__m && (n2.__m = t3.__k.__m), p2 && p2(n2, t3);
}, c2.__r = function(n2) {
  a2 && a2(n2), t2 = 0;
  var i3 = (r2 = n2.__c).__H;
  i3 && (u2 === r2 ? (i3.__h = [], r2.__h = [], i3.__.some(function(n3) {
    n3.__N && (n3.__ = n3.__N), n3.u = n3.__N = void 0;
  })) : (i3.__h.some(z2), i3.__h.some(B2), i3.__h = [], t2 = 0)), u2 = r2;
}, c2.diffed = function(n2) {
  v2 && v2(n2);
  var t3 = n2.__c;
  t3 && t3.__H && (t3.__H.__h.length && (1 !== f2.push(t3) && i2 === c2.requestAnimationFrame || ((i2 = c2.requestAnimationFrame) || w2)(j2)), t3.__H.__.some(function(n3) {
    n3.u && (n3.__H = n3.u, n3.u = void 0);
  })), u2 = r2 = null;
}, c2.__c = function(n2, t3) {
  t3.some(function(n3) {
    try {
      n3.__h.some(z2), n3.__h = n3.__h.filter(function(n4) {
        return !n4.__ || B2(n4);
      });
    } catch (r3) {
      t3.some(function(n4) {
        n4.__h && (n4.__h = []);
      }), t3 = [], c2.__e(r3, n3.__v);
    }
  }), l2 && l2(n2, t3);
}, c2.unmount = function(n2) {
  m2 && m2(n2);
  var t3, r3 = n2.__c;
  r3 && r3.__H && (r3.__H.__.some(function(n3) {
    try {
      z2(n3);
    } catch (n4) {
      t3 = n4;
    }
  }), r3.__H = void 0, t3 && c2.__e(t3, r3.__v));
};
var k2 = "function" == typeof requestAnimationFrame;
function w2(n2) {
  var t3, r3 = function() {
    clearTimeout(u3), k2 && cancelAnimationFrame(t3), setTimeout(n2);
  }, u3 = setTimeout(r3, 35);
  k2 && (t3 = requestAnimationFrame(r3));
}
function z2(n2) {
  var t3 = r2, u3 = n2.__c;
  "function" == typeof u3 && (n2.__c = void 0, u3()), r2 = t3;
}
function B2(n2) {
  var t3 = r2;
  n2.__c = n2.__(), r2 = t3;
}
function C2(n2, t3) {
  return !n2 || n2.length !== t3.length || t3.some(function(t4, r3) {
    return t4 !== n2[r3];
  });
}

// node_modules/@sabaki/shudan/src/Vertex.js
var import_classnames = __toESM(require_classnames());

// node_modules/@sabaki/shudan/src/Marker.js
function Marker({ sign, type, label, zIndex }) {
  let containerProps = {
    className: "shudan-marker",
    style: {
      position: "absolute",
      zIndex
    }
  };
  return type === "label" ? k("div", containerProps, label) : k(
    "svg",
    {
      ...containerProps,
      viewBox: "0 0 1 1"
    },
    type === "circle" || type === "loader" || type === "point" ? k("circle", {
      cx: 0.5,
      cy: 0.5,
      r: type === "point" ? 0.18 : 0.25,
      "vector-effect": "non-scaling-stroke"
    }) : type === "square" ? k("rect", {
      x: 0.25,
      y: 0.25,
      width: 0.5,
      height: 0.5,
      "vector-effect": "non-scaling-stroke"
    }) : type === "cross" ? [
      sign === 0 && k("rect", {
        x: 0.25,
        y: 0.25,
        width: 0.5,
        height: 0.5,
        stroke: "none"
      }),
      k("path", {
        d: "M 0 0 L .5 .5 M .5 0 L 0 .5",
        transform: "translate(.25 .25)",
        "vector-effect": "non-scaling-stroke"
      })
    ] : type === "triangle" ? k("path", {
      d: "M 0 .5 L .6 .5 L .3 0 z",
      transform: "translate(.2 .2)",
      "vector-effect": "non-scaling-stroke"
    }) : null
  );
}

// node_modules/@sabaki/shudan/src/Vertex.js
var absoluteStyle = (zIndex) => ({
  position: "absolute",
  zIndex
});
function Vertex(props) {
  let {
    position,
    shift,
    random: random2,
    sign,
    heat,
    paint,
    paintLeft,
    paintRight,
    paintTop,
    paintBottom,
    paintTopLeft,
    paintTopRight,
    paintBottomLeft,
    paintBottomRight,
    dimmed,
    marker,
    ghostStone,
    animate,
    selected,
    selectedLeft,
    selectedRight,
    selectedTop,
    selectedBottom
  } = props;
  let eventHandlers = {};
  for (let eventName of vertexEvents) {
    eventHandlers[eventName] = q2(
      (evt) => {
        props[`on${eventName}`]?.(evt, position);
      },
      [...position, props[`on${eventName}`]]
    );
  }
  let markerMarkup = (zIndex) => !!marker && k(Marker, {
    key: "marker",
    sign,
    type: marker.type,
    label: marker.label,
    zIndex
  });
  return k(
    "div",
    Object.assign(
      {
        "data-x": position[0],
        "data-y": position[1],
        title: marker?.label,
        style: {
          position: "relative"
        },
        className: (0, import_classnames.default)(
          "shudan-vertex",
          `shudan-random_${random2}`,
          `shudan-sign_${sign}`,
          {
            [`shudan-shift_${shift}`]: !!shift,
            [`shudan-heat_${!!heat && heat.strength}`]: !!heat,
            "shudan-dimmed": dimmed,
            [`shudan-paint_${paint > 0 ? 1 : -1}`]: !!paint,
            "shudan-paintedleft": !!paint && Math.sign(paintLeft) === Math.sign(paint),
            "shudan-paintedright": !!paint && Math.sign(paintRight) === Math.sign(paint),
            "shudan-paintedtop": !!paint && Math.sign(paintTop) === Math.sign(paint),
            "shudan-paintedbottom": !!paint && Math.sign(paintBottom) === Math.sign(paint),
            "shudan-selected": selected,
            "shudan-selectedleft": selectedLeft,
            "shudan-selectedright": selectedRight,
            "shudan-selectedtop": selectedTop,
            "shudan-selectedbottom": selectedBottom,
            "shudan-animate": animate
          },
          marker && marker.type && `shudan-marker_${marker.type}`,
          marker && marker.type === "label" && marker.label && (marker.label.includes("\n") || marker.label.length >= 3) && `shudan-smalllabel`,
          ghostStone && `shudan-ghost_${ghostStone.sign}`,
          ghostStone && ghostStone.type && `shudan-ghost_${ghostStone.type}`,
          ghostStone && ghostStone.faint && `shudan-ghost_faint`
        )
      },
      ...vertexEvents.map((eventName) => ({
        [`on${eventName}`]: eventHandlers[eventName]
      }))
    ),
    !sign && markerMarkup(0),
    !sign && !!ghostStone && k("div", {
      key: "ghost",
      className: "shudan-ghost",
      style: absoluteStyle(1)
    }),
    k(
      "div",
      { key: "stone", className: "shudan-stone", style: absoluteStyle(2) },
      !!sign && k("div", {
        key: "shadow",
        className: "shudan-shadow",
        style: absoluteStyle()
      }),
      !!sign && k(
        "div",
        {
          key: "inner",
          className: (0, import_classnames.default)(
            "shudan-inner",
            "shudan-stone-image",
            `shudan-random_${random2}`,
            `shudan-sign_${sign}`
          ),
          style: absoluteStyle()
        },
        sign
      ),
      !!sign && markerMarkup()
    ),
    (!!paint || !!paintLeft || !!paintRight || !!paintTop || !!paintBottom) && k(
      "div",
      {
        key: "paint",
        className: "shudan-paint",
        style: absoluteStyle(3)
      },
      k("div", {
        className: "shudan-inner",
        style: {
          ...absoluteStyle(),
          opacity: avg(
            (!!paint ? [paint] : [paintLeft, paintRight, paintTop, paintBottom].map(
              (x2) => x2 !== 0 && !isNaN(x2)
            )).map((x2) => Math.abs(x2 ?? 0) * 0.5)
          ),
          boxShadow: [
            signEquals(paintLeft, paintTop, paintTopLeft) ? [Math.sign(paintTop), "-.5em -.5em"] : null,
            signEquals(paintRight, paintTop, paintTopRight) ? [Math.sign(paintTop), ".5em -.5em"] : null,
            signEquals(paintLeft, paintBottom, paintBottomLeft) ? [Math.sign(paintBottom), "-.5em .5em"] : null,
            signEquals(paintRight, paintBottom, paintBottomRight) ? [Math.sign(paintBottom), ".5em .5em"] : null
          ].filter((x2) => !!x2 && x2[0] !== 0).map(
            ([sign2, translation]) => `${translation} 0 0 var(${sign2 > 0 ? "--shudan-black-background-color" : "--shudan-white-background-color"})`
          ).join(",")
        }
      })
    ),
    !!selected && k("div", {
      key: "selection",
      className: "shudan-selection",
      style: absoluteStyle(4)
    }),
    k("div", {
      key: "heat",
      className: "shudan-heat",
      style: absoluteStyle(5)
    }),
    !!heat && k(
      "div",
      {
        key: "heatlabel",
        className: "shudan-heatlabel",
        style: absoluteStyle(6)
      },
      heat.text && heat.text.toString()
    )
  );
}

// node_modules/@sabaki/shudan/src/Line.js
var Line = class extends C {
  shouldComponentUpdate(nextProps) {
    let { v1, v2: v22, type, vertexSize } = this.props;
    return type !== nextProps.type || vertexSize !== nextProps.vertexSize || !vertexEquals(v1, nextProps.v1) || !vertexEquals(v22, nextProps.v2);
  }
  render() {
    let { v1, v2: v22, type = "line", vertexSize } = this.props;
    if (vertexEquals(v1, v22)) return;
    let [pos1, pos2] = [v1, v22].map((v3) => v3.map((x2) => x2 * vertexSize));
    let [dx, dy] = pos1.map((x2, i3) => pos2[i3] - x2);
    let [left, top] = pos1.map((x2, i3) => (x2 + pos2[i3] + vertexSize) / 2);
    let angle = Math.atan2(dy, dx) * 180 / Math.PI;
    let length = Math.sqrt(dx * dx + dy * dy);
    let right = left + length;
    return k("path", {
      className: `shudan-${type}`,
      d: `M ${left} ${top} h ${length} ${type === "arrow" ? (() => {
        let [x1, y1] = [right - vertexSize / 2, top - vertexSize / 4];
        let [x2, y2] = [right - vertexSize / 2, top + vertexSize / 4];
        return `L ${x1} ${y1} M ${right} ${top} L ${x2} ${y2}`;
      })() : ""}`,
      transform: `rotate(${angle} ${left} ${top}) translate(${-length / 2} 0)`
    });
  }
};

// node_modules/@sabaki/shudan/src/Goban.js
var Goban = class extends C {
  constructor(props) {
    super(props);
    this.state = {};
  }
  componentDidUpdate() {
    if (this.props.animateStonePlacement && !this.state.clearAnimatedVerticesHandler && this.state.animatedVertices.length > 0) {
      for (let [x2, y2] of this.state.animatedVertices) {
        this.state.shiftMap[y2][x2] = random(7) + 1;
        readjustShifts(this.state.shiftMap, [x2, y2]);
      }
      this.setState({ shiftMap: this.state.shiftMap });
      this.setState({
        clearAnimatedVerticesHandler: setTimeout(() => {
          this.setState({
            animatedVertices: [],
            clearAnimatedVerticesHandler: null
          });
        }, this.props.animationDuration ?? 200)
      });
    }
  }
  render() {
    let { width, height, rangeX, rangeY, xs, ys, hoshis, shiftMap, randomMap } = this.state;
    let {
      innerProps = {},
      vertexSize = 24,
      coordX,
      coordY,
      busy,
      signMap,
      paintMap,
      heatMap,
      markerMap,
      ghostStoneMap,
      fuzzyStonePlacement = false,
      showCoordinates = false,
      lines = [],
      selectedVertices = [],
      dimmedVertices = []
    } = this.props;
    let animatedVertices = [].concat(
      ...this.state.animatedVertices.map(neighborhood)
    );
    return k(
      "div",
      {
        ...innerProps,
        id: this.props.id,
        className: (0, import_classnames2.default)("shudan-goban", "shudan-goban-image", {
          "shudan-busy": busy,
          "shudan-coordinates": showCoordinates
        }) + " " + (this.props.class ?? this.props.className ?? ""),
        style: {
          display: "inline-grid",
          gridTemplateRows: showCoordinates ? "1em 1fr 1em" : "1fr",
          gridTemplateColumns: showCoordinates ? "1em 1fr 1em" : "1fr",
          fontSize: vertexSize,
          lineHeight: "1em",
          ...this.props.style ?? {}
        }
      },
      showCoordinates && k(CoordX, { xs, style: { gridRow: "1", gridColumn: "2" }, coordX }),
      showCoordinates && k(CoordY, {
        height,
        ys,
        style: { gridRow: "2", gridColumn: "1" },
        coordY
      }),
      k(
        "div",
        {
          className: "shudan-content",
          style: {
            position: "relative",
            width: `${xs.length}em`,
            height: `${ys.length}em`,
            gridRow: showCoordinates ? "2" : "1",
            gridColumn: showCoordinates ? "2" : "1"
          }
        },
        k(Grid, {
          vertexSize,
          width,
          height,
          xs,
          ys,
          hoshis
        }),
        k(
          "div",
          {
            className: "shudan-vertices",
            style: {
              display: "grid",
              gridTemplateColumns: `repeat(${xs.length}, 1em)`,
              gridTemplateRows: `repeat(${ys.length}, 1em)`,
              position: "absolute",
              top: 0,
              left: 0,
              right: 0,
              bottom: 0,
              zIndex: 1
            }
          },
          ys.map(
            (y2) => xs.map((x2) => {
              let equalsVertex = (v3) => vertexEquals(v3, [x2, y2]);
              let selected = selectedVertices.some(equalsVertex);
              return k(
                Vertex,
                Object.assign(
                  {
                    key: [x2, y2].join("-"),
                    position: [x2, y2],
                    shift: fuzzyStonePlacement ? shiftMap?.[y2]?.[x2] : 0,
                    random: randomMap?.[y2]?.[x2],
                    sign: signMap?.[y2]?.[x2],
                    heat: heatMap?.[y2]?.[x2],
                    marker: markerMap?.[y2]?.[x2],
                    ghostStone: ghostStoneMap?.[y2]?.[x2],
                    dimmed: dimmedVertices.some(equalsVertex),
                    animate: animatedVertices.some(equalsVertex),
                    paint: paintMap?.[y2]?.[x2],
                    paintLeft: paintMap?.[y2]?.[x2 - 1],
                    paintRight: paintMap?.[y2]?.[x2 + 1],
                    paintTop: paintMap?.[y2 - 1]?.[x2],
                    paintBottom: paintMap?.[y2 + 1]?.[x2],
                    paintTopLeft: paintMap?.[y2 - 1]?.[x2 - 1],
                    paintTopRight: paintMap?.[y2 - 1]?.[x2 + 1],
                    paintBottomLeft: paintMap?.[y2 + 1]?.[x2 - 1],
                    paintBottomRight: paintMap?.[y2 + 1]?.[x2 + 1],
                    selected,
                    selectedLeft: selected && selectedVertices.some((v3) => vertexEquals(v3, [x2 - 1, y2])),
                    selectedRight: selected && selectedVertices.some((v3) => vertexEquals(v3, [x2 + 1, y2])),
                    selectedTop: selected && selectedVertices.some((v3) => vertexEquals(v3, [x2, y2 - 1])),
                    selectedBottom: selected && selectedVertices.some((v3) => vertexEquals(v3, [x2, y2 + 1]))
                  },
                  ...vertexEvents.map((e3) => ({
                    [`on${e3}`]: this.props[`onVertex${e3}`]
                  }))
                )
              );
            })
          )
        ),
        k(
          "svg",
          {
            className: "shudan-lines",
            style: {
              position: "absolute",
              top: 0,
              left: 0,
              width: "100%",
              height: "100%",
              pointerEvents: "none",
              zIndex: 2
            }
          },
          k(
            "g",
            {
              transform: `translate(-${rangeX[0] * vertexSize} -${rangeY[0] * vertexSize})`
            },
            lines.map(
              ({ v1, v2: v22, type }, i3) => k(Line, { key: i3, v1, v2: v22, type, vertexSize })
            )
          )
        )
      ),
      showCoordinates && k(CoordY, {
        height,
        ys,
        style: { gridRow: "2", gridColumn: "3" },
        coordY
      }),
      showCoordinates && k(CoordX, { xs, style: { gridRow: "3", gridColumn: "2" }, coordX })
    );
  }
};
Goban.getDerivedStateFromProps = function(props, state) {
  let { signMap = [], rangeX = [0, Infinity], rangeY = [0, Infinity] } = props;
  let width = signMap.length === 0 ? 0 : signMap[0].length;
  let height = signMap.length;
  if (state.width === width && state.height === height) {
    let animatedVertices = state.animatedVertices;
    if (props.animateStonePlacement && props.fuzzyStonePlacement && state.clearAnimatedVerticesHandler == null) {
      animatedVertices = diffSignMap(state.signMap, signMap);
    }
    let result = {
      signMap,
      animatedVertices
    };
    if (!vertexEquals(state.rangeX, rangeX) || !vertexEquals(state.rangeY, rangeY)) {
      Object.assign(result, {
        rangeX,
        rangeY,
        xs: range(width).slice(rangeX[0], rangeX[1] + 1),
        ys: range(height).slice(rangeY[0], rangeY[1] + 1)
      });
    }
    return result;
  }
  return {
    signMap,
    width,
    height,
    rangeX,
    rangeY,
    animatedVertices: [],
    clearAnimatedVerticesHandler: null,
    xs: range(width).slice(rangeX[0], rangeX[1] + 1),
    ys: range(height).slice(rangeY[0], rangeY[1] + 1),
    hoshis: getHoshis(width, height),
    shiftMap: readjustShifts(signMap.map((row) => row.map((_2) => random(8)))),
    randomMap: signMap.map((row) => row.map((_2) => random(4)))
  };
};
export {
  Goban,
  k as h,
  R as render
};
/*! Bundled license information:

classnames/index.js:
  (*!
  	Copyright (c) 2018 Jed Watson.
  	Licensed under the MIT License (MIT), see
  	http://jedwatson.github.io/classnames
  *)
*/
