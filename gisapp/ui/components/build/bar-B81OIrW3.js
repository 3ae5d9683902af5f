import{S as e,_ as t,a as n,b as r,c as i,d as a,f as o,h as s,l as c,m as l,p as u,s as d,u as f,v as p,w as m,x as h,y as g}from"./screen-C2RIdsQJ.js";var _=800,v=`[data-testid="stApp"]`,y=`data-test-connection-state`,b=class{constructor(e){this.changed=e,this.lost=!1,this.seen=new MutationObserver(()=>this.look()),this.timer=0}watch(){let e=document.querySelector(v);e!==null&&this.seen.observe(e,{attributes:!0,attributeFilter:[y]}),this.seen.observe(document.body,{childList:!0}),this.look()}stop(){this.seen.disconnect(),clearTimeout(this.timer),this.timer=0}get isAway(){let e=document.querySelector(v)?.getAttribute(y);return e!=null&&e!==`CONNECTED`}look(){let{isAway:e}=this;e&&this.dismiss(),e?!this.lost&&this.timer===0&&(this.timer=setTimeout(()=>{this.timer=0,this.isAway&&this.tell(!0)},_)):(clearTimeout(this.timer),this.timer=0,this.tell(!1))}tell(e){e!==this.lost&&(this.lost=e,this.changed())}dismiss(){for(let e of document.querySelectorAll(`[data-testid="stDialog"] [role="dialog"] > button`))e.click()}};function x(e,t,n,r){let i=[...e.keys()];if(S(e)<=n)return i;let a=t=>S(t.map(t=>e[t]))+r;for(let e=i.length-1;e>0;--e){let r=i.slice(0,e),o=t<e||t<0?r:[...r.slice(0,-1),t];if(a(o)<=n)return o}return t<0?[]:[t]}var S=e=>e.reduce((e,t)=>e+t,0),C=1,w=class extends i{static{this.properties={pages:{attribute:!1},page:{type:String},open:{state:!0},shown:{state:!0}}}static{this.styles=[f,m`
    :host { display: flex; align-self: stretch; min-width: 0; position: relative; color: #c4d2de; }
    nav, .ruler { display: flex; height: 100%; }
    .ruler { position: absolute; inset: 0 auto 0 0; visibility: hidden; pointer-events: none; }
    .clip { position: absolute; inset: 0; overflow: hidden; pointer-events: none; }
    nav > button, .ruler button { position: relative; display: flex; align-items: center; gap: 6px; flex: none; height: 100%; padding: 0 var(--pad, 15px); font-size: 14px; white-space: nowrap; }
    nav > button:hover, .face[aria-expanded='true'] { color: #fff; }
    nav > button[aria-current='page'], .ruler .now { color: #fff; font-weight: 600; }
    nav > button[aria-current='page']::after { content: ''; position: absolute; left: 9px; right: 9px; bottom: 0; height: 3px; background: var(--amber); border-radius: 2px 2px 0 0; }
    .menu { position: absolute; z-index: 6; top: calc(100% - 3px); min-width: 190px; padding: 5px 0; color: var(--ink); }
    .menu button { display: flex; align-items: center; width: 100%; height: 34px; padding: 0 16px; white-space: nowrap; }
    .menu button:hover { background: var(--wash); }
    .menu button:focus-visible { outline-offset: -2px; outline-color: var(--accent); }
    :focus-visible { outline-color: #7fb6dc; outline-offset: -2px; }
  `]}constructor(){super(),this.sizes=new ResizeObserver(()=>this.fit()),this.left=e=>{let t=e.relatedTarget;t!==null&&!e.currentTarget.contains(t)&&(this.open=!1)},this.outside=e=>{this.open&&!e.composedPath().includes(this)&&(this.open=!1)},this.open=!1,this.shown=[]}connectedCallback(){super.connectedCallback(),this.sizes.observe(this),window.addEventListener(`pointerdown`,this.outside,!0)}disconnectedCallback(){super.disconnectedCallback(),this.sizes.disconnect(),window.removeEventListener(`pointerdown`,this.outside,!0)}firstUpdated(){let e=this.renderRoot.querySelector(`.ruler`);e!==null&&this.sizes.observe(e)}updated(){this.fit()}fit(){let e=[...this.renderRoot.querySelectorAll(`.ruler button`)].map(e=>e.offsetWidth+C),t=e.pop();if(t===void 0||this.clientWidth===0)return;let n=this.pages.findIndex(e=>e.id===this.page);this.style.minWidth=`${Math.ceil((e[n]??0)+t)}px`;let r=x(e,n,this.clientWidth,t);r.join()!==this.shown.join()&&(this.shown=r)}render(){let t=this.pages.filter((e,t)=>this.shown.includes(t)),n=this.pages.filter((e,t)=>!this.shown.includes(t));return e`
      <div class="clip" aria-hidden="true"><div class="ruler">
        ${this.pages.map(t=>e`<button tabindex="-1" class=${t.id===this.page?`now`:``}>${t.title}</button>`)}
        <button tabindex="-1">${g(`更多`)}${c(`down`,11)}</button>
      </div></div>
      <nav aria-label=${g(`页面`)} @keydown=${this.key} @focusout=${this.left}>
        ${t.map(t=>e`<button aria-current=${t.id===this.page?`page`:`false`} @click=${()=>this.choose(t)}>${t.title}</button>`)}
        ${n.length>0&&this.shown.length>0?e`
          <button class="face" aria-haspopup="menu" aria-expanded=${this.open} title=${g(`其他页面`)} @click=${()=>{this.open=!this.open}}>${g(`更多`)}${c(`down`,11)}</button>
          ${this.open?this.menu(n):h}`:h}
      </nav>`}menu(t){return e`<div class="panel menu" style="right:${this.edge()}px" role="menu" aria-label=${g(`其他页面`)}>${t.map(t=>e`
      <button role="menuitem" @click=${()=>this.choose(t)}>${t.title}</button>`)}</div>`}edge(){let e=this.renderRoot.querySelector(`.face`);return e===null?0:Math.max(0,this.clientWidth-e.offsetLeft-e.offsetWidth)}choose(e){this.open=!1,e.id!==this.page&&this.tell(`page-choose`,e.id)}get items(){return[...this.renderRoot.querySelectorAll(`.menu button`)]}key(e){let t=this.renderRoot.querySelector(`.face`),n=e.composedPath()[0]===t;e.key===`Escape`&&this.open?(e.stopPropagation(),this.open=!1,t?.focus()):e.key===`ArrowDown`&&n&&!this.open?(e.preventDefault(),this.open=!0,this.updateComplete.then(()=>this.items[0]?.focus())):this.open&&(e.key in T||e.key in E)&&(e.preventDefault(),this.go(e.key))}go(e){let{items:t}=this,n=t.indexOf(this.shadowRoot?.activeElement),r=e in E?E[e]:n<0&&T[e]===-1?-1:n+T[e];t.at(r%t.length)?.focus()}},T={ArrowDown:1,ArrowUp:-1},E={Home:0,End:-1};a(`gis-pages`,w);var D=160,O={parcel:`地块`,enterprise:`企业`,station:`车站`,park:`园区`,place:`地名`},k=class extends i{static{this.properties={version:{attribute:!1},hits:{state:!0},open:{state:!0},at:{state:!0}}}static{this.styles=[f,m`
    :host { display: block; position: relative; color: var(--ink); }
    .box { display: flex; align-items: center; gap: 8px; height: 32px; padding: 0 10px; border-radius: 4px; background: #1d3b53; color: #a9bccc; border: 1px solid transparent; }
    .box:focus-within { background: #fff; color: var(--ink-2); border-color: #7fb6dc; }
    input { flex: 1; min-width: 0; border: 0; outline: 0; background: transparent; color: #fff; font-size: 13.5px; }
    .box:focus-within input { color: var(--ink); }
    input:focus-visible { outline: none; }
    input::-webkit-search-cancel-button { display: none; }
    input::placeholder { color: #8ea4b6; }
    kbd { font: inherit; font-size: 12px; padding: 0 6px; border: 1px solid #46617a; border-radius: 3px; line-height: 17px; color: #a9bccc; }
    .box:focus-within kbd { visibility: hidden; }
    .list { position: absolute; top: 38px; left: 0; right: 0; min-width: 320px; max-height: 60vh; padding: 4px 0; z-index: 5; }
    .hit { display: grid; grid-template-columns: 38px minmax(0, 1fr); gap: 0 10px; padding: 6px 12px; cursor: pointer; }
    .hit[aria-selected='true'] { background: var(--accent-wash); }
    .kind { font-size: 12px; color: var(--ink-3); line-height: 20px; grid-row: span 2; }
    .sub { font-size: 12px; color: var(--ink-3); }
    .bone { margin: 9px 12px; }
  `]}constructor(){super(),this.timer=0,this.running=null,this.asked=``,this.slash=e=>{e.key!==`/`||e.ctrlKey||e.metaKey||d(e)||(e.preventDefault(),this.input?.focus())},this.version=null,this.hits={state:`none`},this.open=!1,this.at=0}connectedCallback(){super.connectedCallback(),window.addEventListener(`keydown`,this.slash)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`keydown`,this.slash)}willUpdate(e){e.has(`version`)&&(this.hits={state:`none`},this.asked=``)}get input(){return this.renderRoot.querySelector(`input`)}render(){return e`<div class="box">${c(`search`,15)}
        <input type="search" role="combobox" autocomplete="off" spellcheck="false" aria-expanded=${this.open} aria-controls="hits"
          aria-label=${g(`搜索`)} aria-activedescendant=${this.open?`hit-${this.at}`:``} placeholder=${g(`宗地代码 / 名称 / 企业 / 车站`)}
          @input=${this.typed} @keydown=${this.key} @focus=${()=>{this.open=this.hits.state!==`none`}} @blur=${()=>{this.open=!1}} />
        <kbd aria-hidden="true">/</kbd></div>
      ${this.open?e`<div class="panel list scroll" id="hits" role="listbox" aria-label=${g(`搜索结果`)}>${this.list()}</div>`:h}`}list(){let{hits:t}=this;return t.state===`failed`?e`<div class="notice" role="alert"><strong>${t.message}</strong>${t.action}</div>`:t.state===`ready`?t.value.length===0?e`<div class="notice"><strong>${g(`没有找到`)}</strong>${g(`换一个代码、名称、企业或车站名；代码可只输入后几位`)}</div>`:e`${t.value.map((t,n)=>e`<div class="hit" role="option" id="hit-${n}" aria-selected=${n===this.at}
      @mousemove=${()=>{this.at=n}} @mousedown=${e=>{e.preventDefault(),this.choose(t)}}>
      <span class="kind">${g(O[t.kind]??O.place)}</span><span class="ellipsis">${t.title}</span><span class="sub ellipsis num">${t.subtitle??``}</span></div>`)}`:e`<span class="bone" style="width:60%"></span><span class="bone" style="width:75%"></span>`}typed(){window.clearTimeout(this.timer),this.timer=window.setTimeout(()=>void this.ask(),D)}async ask(){let e=this.input?.value.trim()??``;if(this.running?.abort(),this.open=e!==``,e===``){this.hits={state:`none`};return}let n=this.running=new AbortController;this.hits.state!==`ready`&&(this.hits={state:`loading`});try{let{results:t}=await this.api.get(`/search`,{q:e,version:this.version},n.signal);this.hits={state:`ready`,value:t},this.asked=e,this.at=0}catch(e){n.signal.aborted||(this.hits={state:`failed`,...t(e)})}}key(e){let t=this.hits.state===`ready`?this.hits.value:[],n={ArrowDown:1,ArrowUp:-1}[e.key];n!==void 0&&t.length>0?(e.preventDefault(),this.at=(this.at+n+t.length)%t.length,this.updateComplete.then(()=>this.renderRoot.querySelector(`#hit-${this.at}`)?.scrollIntoView({block:`nearest`}))):e.key===`Enter`?this.enter():e.key===`Escape`&&(e.stopPropagation(),this.open?this.open=!1:this.input?.blur())}async enter(){window.clearTimeout(this.timer);let e=this.input?.value.trim()??``;if(e!==this.asked&&await this.ask(),e!==this.asked||this.hits.state!==`ready`)return;let t=this.hits.value[this.at];t&&this.choose(t)}choose(e){this.open=!1,this.input&&(this.input.value=e.title),this.input?.blur(),this.tell(`search-choose`,e)}};a(`gis-search`,k);var A=class extends r{static{this.properties={data:{attribute:!1},k:{state:!0},view:{state:!0},lost:{state:!0}}}static{this.styles=[f,m`
    :host { display: block; position: fixed; inset: 0 0 auto 0; z-index: 999990; height: calc(${48}px * var(--k, 1)); background: var(--ink); }
    .bar { zoom: var(--k, 1); display: flex; align-items: center; gap: 18px; height: ${48}px; padding: 0 16px; color: #dbe5ee; }
    .brand { display: flex; align-items: center; gap: 10px; color: #fff; font-size: 16px; font-weight: 600; white-space: nowrap; }
    gis-pages { flex: 1 1 0; margin-left: 8px; }
    gis-search { flex: 0 1 340px; min-width: 180px; }
    .brand, .facts, .lang, .user { flex: none; }
    .facts { display: flex; align-items: center; gap: 8px; white-space: nowrap; font-size: 12.5px; }
    .fact { display: inline-flex; align-items: center; height: 24px; padding: 0 10px; border: 1px solid #37536b; border-radius: 4px; color: #c4d2de; }
    .fact.synthetic { border-color: #7f93a5; color: #fff; border-style: dashed; }
    .fact.other { border-color: var(--amber); color: #fff; }
    .lost { padding: 5px 14px; border-left: 4px solid var(--amber); border-radius: 4px; background: #fffaf0; color: #7a5600; font-size: 12.5px; line-height: 1.35; }
    .lost b { margin-right: 8px; color: #5c4100; }
    .lang { height: 26px; padding: 0 10px; border: 1px solid #37536b; border-radius: 4px; color: #c4d2de; }
    .lang b { color: #fff; font-weight: 600; }
    .lang:hover { border-color: #8fa5b8; color: #fff; }
    .user { max-width: 120px; color: #dbe5ee; }
    :focus-visible { outline-color: #7fb6dc; }
    @media (max-width: 1500px) { .bar { gap: 12px; } gis-pages { --pad: 11px; } gis-search { flex-basis: 230px; } }
    @media (max-width: 1400px) { gis-pages { --pad: 9px; margin-left: 2px; } gis-search { flex-basis: 192px; } }
    @media (max-width: 1180px) { .fact.rev, .user { display: none; } }
    @media (max-width: 960px) { .brand span, .fact { display: none; } }
  `]}constructor(){super(),this.api=new s(()=>this.sender.trigger(`token`,Date.now())),this.viewed=e=>{this.view=e.detail},this.connection=new b(()=>{this.lost=this.connection.lost}),this.resized=()=>{this.k=n(window.innerWidth)},this.view=null,this.lost=!1}connectedCallback(){super.connectedCallback(),this.resized(),window.addEventListener(`resize`,this.resized),window.addEventListener(l,this.viewed),this.connection.watch()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`resize`,this.resized),window.removeEventListener(l,this.viewed),this.connection.stop()}render(){let{data:t}=this;return p(t.texts),this.api.use(t.api,t.token,t.lang),this.style.setProperty(`--k`,String(this.k)),e`<header class="bar">
      <div class="brand">${M()}<span>${t.product}</span></div>
      <gis-pages .lang=${t.lang} .pages=${t.pages} .page=${t.page} @page-choose=${e=>this.sender.trigger(`page`,e.detail)}></gis-pages>
      <gis-search ?hidden=${this.lost} .lang=${t.lang} .api=${this.api} .version=${this.view?.version??null} @search-choose=${this.found}></gis-search>
      ${this.lost?j():e`<div class="facts num">${this.facts()}</div>`}
      <button class="lang" lang="en" aria-label=${g(`切换语言`)} @click=${()=>this.sender.trigger(`lang`,t.lang===`zh`?`en`:`zh`)}>
        ${t.lang===`zh`?e`<b>中</b> / EN`:e`中 / <b>EN</b>`}</button>
      ${t.user?.name?e`<span class="user ellipsis" title=${t.user.role??``}>${t.user.name}</span>`:h}
    </header>`}facts(){let{view:t}=this,{workspace:n}=this.data,r=t?.revision??n.revision??``,i=[t!==null&&t.branch!==`official`?g(`方案`):null,r===``?null:g(`版本 {revision}`,{revision:r}),t?.date??n.data_date??null].filter(Boolean),a=t?.date?g(`正在查看的版本与日期`):g(`数据版本与截止日期`);return e`
      ${n.synthetic?e`<span class="fact synthetic" title=${n.note??n.title}>${g(`示例数据（合成）`)}</span>`:e`<span class="fact" title=${n.note??``}>${n.title}</span>`}
      ${i.length>0?e`<span class="fact rev ${t?.date||t&&t.branch!==`official`?`other`:``}" title=${a}>${i.join(` · `)}</span>`:h}`}found(e){let t=new CustomEvent(u,{detail:e.detail,cancelable:!0});window.dispatchEvent(t)&&this.sender.trigger(`select`,e.detail)}},j=()=>e`<p class="lost" role="alert"><b>${g(`连接中断，正在自动重连`)}</b>
  <span>${g(`未保存的编辑留在本页和草稿中，请勿关闭页面`)}</span></p>`,M=()=>e`<svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
  <path d="M9 1 17 9 9 17 1 9z" fill="#e6a817"/><path d="M4.6 13.2 13.4 4.8" stroke="#10273a" stroke-width="1.8"/></svg>`;a(`gis-bar`,A);var N=e=>o(e,`gis-bar`);export{N as default};